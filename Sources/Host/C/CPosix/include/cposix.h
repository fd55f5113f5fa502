/* What Swift cannot call by itself: macros, variadic calls, _GNU_SOURCE functions, and SHA-256. */
#ifndef EVALHOST_CPOSIX_H
#define EVALHOST_CPOSIX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- Processes ---- */

/* Starts path with argv (NULL-ended) in its own process group, with all signals unblocked and at their
 * defaults. Descriptor 0 is /dev/null, 1 is out_fd, 2 is err_fd, 3 is control_fd; every other one is closed
 * in the child, so nothing of the parent leaks. Returns 0 and *pid, or an errno value. */
int evh_spawn(const char *path, char *const argv[], char *const envp[], int out_fd, int err_fd,
              int control_fd, pid_t *pid);

/* pidfd_open(2): a descriptor that polls readable when the process ends. -1 and errno on failure. */
int evh_pidfd_open(pid_t pid);

/* pidfd_send_signal(2): 0, or -1 and errno. Cannot hit another process that took the number. */
int evh_pidfd_signal(int pidfd, int signal);

/* Asks the kernel to send SIGKILL when the parent ends; returns 0 when the parent is still `parent`. The
 * check closes the race in which the parent died before the request. */
int evh_die_with_parent(pid_t parent);

/* waitpid(2) without blocking: 1 when it ended, with its exit code and its signal (one of them 0);
 * 0 while it runs; -1 and errno. What the process left running in its group is ended with it. */
int evh_reap(pid_t pid, int *code, int *signal);

/* Starts argv[0], looked up in the PATH of envp, as the leader of a session of its own, with all signals
 * unblocked and at their defaults. The kernel ends it with SIGKILL when the calling thread ends. Descriptor 0
 * is /dev/null, 1 and 2 are out_fd, no other is open. Forks: only for a process of one thread. Returns 0 and
 * *pid, or the errno value of what failed, of execvp as well. */
int evh_spawn_session(char *const argv[], char *const envp[], int out_fd, pid_t *pid);

/* From now on orphans among the descendants become children of this process. 0, or -1 and errno. */
int evh_become_subreaper(void);

/* The name that ps, pkill and killall know the calling process by, at most 15 bytes. 0, or -1 and errno. */
int evh_name_process(const char *name);

/* waitpid(2) for any child without blocking: 1 and *pid when one had ended, as evh_reap otherwise; 0 while
 * all run; -1 when there is no child at all. */
int evh_reap_any(pid_t *pid, int *code, int *signal);

/* Whether a TCP port of this machine can be listened at, on every address: 0 and *port, or an errno value
 * such as EADDRINUSE. wanted is the port, or 0 to let the kernel choose. Nothing is held afterwards. */
int evh_local_port(int wanted, int *port);

/* The environment, as execve(2) wants it. Read before any thread exists. */
char **evh_environment(void);

/* Peak resident set of this process in bytes (getrusage). */
int64_t evh_peak_rss(void);

/* ---- Descriptors ---- */

/* A connected pair of close-on-exec, non-blocking stream sockets with large buffers. 0 or errno. */
int evh_socketpair(int fds[2]);

/* A pipe whose both ends are close-on-exec and whose read end does not block. 0 or errno. */
int evh_pipe(int fds[2]);

/* Blocks the given signals and returns a non-blocking descriptor that reads them; -1 and errno. */
int evh_signalfd(const int *signals, int count);

/* Not 0 when the signal is ignored, for example SIGHUP under nohup. */
int evh_is_ignored(int signal);

/* Next signal number from evh_signalfd, 0 when there is none. */
int evh_next_signal(int fd);

/* open(2) with a mode; always close-on-exec. */
int evh_open(const char *path, int flags, mode_t mode);

/* Takes the exclusive record lock of an open file. 0, or the pid of the holder, or -1 and errno. */
pid_t evh_lock_exclusive(int fd);

/* Pid of the process that holds the exclusive record lock of an open file; 0 when nobody does. */
pid_t evh_lock_holder(int fd);

/* Width of the terminal on fd; 0 when it is none, cannot move its cursor, or is under 40 columns wide. */
int evh_terminal_columns(int fd);

/* ---- SHA-256 (FIPS 180-4), with the x86 SHA extensions where the processor has them ---- */

struct evh_sha256_state {
  uint32_t h[8];
  uint64_t length;
  uint8_t block[64];
};

void evh_sha256_init(struct evh_sha256_state *state);
void evh_sha256_update(struct evh_sha256_state *state, const void *data, size_t length);
void evh_sha256_final(struct evh_sha256_state *state, uint8_t out[32]);
void evh_sha256(const void *data, size_t length, uint8_t out[32]);

/* ---- BLAKE2b (RFC 7693), 32 bytes of digest, no key ---- */

struct evh_blake2b_state {
  uint64_t h[8];
  uint64_t length;
  uint64_t held;
  uint8_t block[128];
};

void evh_blake2b_init(struct evh_blake2b_state *state);
void evh_blake2b_update(struct evh_blake2b_state *state, const void *data, size_t length);
void evh_blake2b_final(struct evh_blake2b_state *state, uint8_t out[32]);

#endif
