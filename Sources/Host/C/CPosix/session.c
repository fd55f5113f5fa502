// Starting a program in a session of its own, and collecting whatever it leaves behind. See cposix.h.
#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

// The way of the child between fork and exec; comes back only with the errno of what failed.
static int become_program(char *const argv[], char *const envp[], int out_fd, int report_fd,
                          pid_t parent) {
  sigset_t none;
  setsid();
  // Its own death signal goes first: from here on the parent cannot end without it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != parent) return ESRCH;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return errno;
  int empty = open("/dev/null", O_RDONLY);
  if (empty < 0 || dup2(empty, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0) return errno;
  // The control socket of a worker process has no close-on-exec flag.
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    for (int fd = 3; fd < 1024; fd++)
      if (fd != report_fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
  environ = (char **)envp;
  execvp(argv[0], argv);
  return errno;
}

int evh_spawn_session(char *const argv[], char *const envp[], int out_fd, pid_t *pid) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  pid_t parent = getpid();
  // posix_spawn has no way to ask for a death signal. The caller is one thread, so a fork is safe.
  pid_t child = fork();
  if (child == 0) {
    int error = become_program(argv, envp, out_fd, report[1], parent);
    ssize_t sent = write(report[1], &error, sizeof error);
    _exit(sent == (ssize_t)sizeof error ? 127 : 126);
  }
  int error = child < 0 ? errno : 0;
  close(report[1]);
  if (!error) {
    ssize_t got;
    do got = read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    // Nothing to read: the pipe was closed by a successful exec.
    if (got != (ssize_t)sizeof error) error = 0;
    if (error) waitpid(child, NULL, 0);
  }
  close(report[0]);
  *pid = child;
  return error;
}

int evh_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L); }

int evh_name_process(const char *name) { return prctl(PR_SET_NAME, name, 0L, 0L, 0L); }

int evh_reap_any(pid_t *pid, int *code, int *signal) {
  int status = 0;
  pid_t got;
  do got = waitpid(-1, &status, WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got == 0) return 0;
  if (got < 0) return -1;
  *pid = got;
  *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return 1;
}

int evh_local_port(int wanted, int *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  int yes = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)wanted), .sin_addr = {htonl(INADDR_ANY)}};
  socklen_t length = sizeof address;
  // Connections of an earlier server that are still fading away do not matter; a listener does.
  if (wanted != 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  int error = 0;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &length) != 0)
    error = errno;
  close(fd);
  *port = ntohs(address.sin_port);
  return error;
}
