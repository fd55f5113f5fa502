// See cposix.h. Each function says the race or the macro that keeps it out of Swift.
#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int add_descriptors(posix_spawn_file_actions_t *actions, int out_fd, int err_fd, int control_fd) {
  int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  // The three sources are above 3 (see evh_socketpair and evh_pipe callers), so no dup2 overwrites one.
  if (!error) error = posix_spawn_file_actions_adddup2(actions, out_fd, 1);
  if (!error) error = posix_spawn_file_actions_adddup2(actions, err_fd, 2);
  if (!error) error = posix_spawn_file_actions_adddup2(actions, control_fd, 3);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 4);
  return error;
}

int evh_spawn(const char *path, char *const argv[], char *const envp[], int out_fd, int err_fd,
              int control_fd, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  error = add_descriptors(&actions, out_fd, err_fd, control_fd);
  if (!error)
    error = posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  // Own process group: a terminal's Ctrl-C reaches the controller alone, which then drains its children.
  if (!error) error = posix_spawnattr_setpgroup(&attributes, 0);
  if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
  if (!error) error = posix_spawn(pid, path, &actions, &attributes, argv, envp);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int evh_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int evh_pidfd_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int evh_die_with_parent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  return getppid() == parent ? 0 : -1;
}

int evh_reap(pid_t pid, int *code, int *signal) {
  int status = 0;
  pid_t got;
  siginfo_t info = {0};
  // Looked at before it is collected: until then its number, which is also its group's, is still its own, and
  // what it started and left behind can be ended without hitting anybody else.
  if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid)
    kill(-pid, SIGKILL);
  do got = waitpid(pid, &status, WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got == 0) return 0;
  if (got < 0) return -1;
  *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return 1;
}

char **evh_environment(void) { return environ; }

int64_t evh_peak_rss(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

// Moves a descriptor above the numbers that evh_spawn gives to a child.
static int lift(int fd) {
  if (fd > 3) return fd;
  int lifted = fcntl(fd, F_DUPFD_CLOEXEC, 4);
  close(fd);
  return lifted;
}

int evh_socketpair(int fds[2]) {
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) return errno;
  for (int i = 0; i < 2; i++) {
    fds[i] = lift(fds[i]);
    int bytes = 1 << 20;
    // A hint: the kernel caps it, and a smaller buffer only means more wake-ups.
    setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  return fds[0] < 0 || fds[1] < 0 ? EMFILE : 0;
}

int evh_pipe(int fds[2]) {
  if (pipe2(fds, O_CLOEXEC) != 0) return errno;
  fds[0] = lift(fds[0]);
  fds[1] = lift(fds[1]);
  if (fds[0] < 0 || fds[1] < 0) return EMFILE;
  return fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
}

int evh_signalfd(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int evh_is_ignored(int signal) {
  struct sigaction now;
  return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int evh_next_signal(int fd) {
  struct signalfd_siginfo info;
  return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int evh_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

pid_t evh_lock_exclusive(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  // The holder may have let go between the two calls, hence the tries; their number is bounded, because a
  // holder in another pid namespace or on another machine has no number here.
  for (int tries = 0; tries < 100; tries++) {
    if (fcntl(fd, F_SETLK, &lock) == 0) return 0;
    if (errno != EACCES && errno != EAGAIN) return -1;
    pid_t holder = evh_lock_holder(fd);
    if (holder > 0) return holder;
  }
  errno = EAGAIN;
  return -1;
}

pid_t evh_lock_holder(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return 0;
  return lock.l_pid;
}

int evh_terminal_columns(int fd) {
  struct winsize size;
  const char *kind = getenv("TERM");
  if (!isatty(fd) || !kind || strcmp(kind, "dumb") == 0) return 0;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? (size.ws_col < 40 ? 0 : size.ws_col) : 80;
}
