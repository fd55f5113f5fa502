# The system-call filter of programs: what a Python program needs is allowed, everything else is refused, and who holds
# the filter's listener learns what was tried.
#
# The filter is classic BPF over struct seccomp_data (seccomp(2)): 4 bytes of number, 4 of architecture, the instruction
# pointer, six arguments of 8 bytes.
import ctypes
import errno
import fcntl
import os
import struct

# name: (x86_64, aarch64); None where an architecture has no such call.
ALLOWED = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "poll": (7, None), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226),
    "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66),
    "access": (21, None), "pipe": (22, None), "select": (23, None), "sched_yield": (24, 124), "mremap": (25, 216),
    "msync": (26, 227), "mincore": (27, 232), "madvise": (28, 233), "dup": (32, 23), "dup2": (33, None),
    "pause": (34, None), "nanosleep": (35, 101), "getitimer": (36, 102), "alarm": (37, None), "setitimer": (38, 103),
    "getpid": (39, 172), "sendfile": (40, 71), "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211),
    "recvmsg": (47, 212), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    "setsockopt": (54, 208), "getsockopt": (55, 209), "exit": (60, 93), "wait4": (61, 260), "uname": (63, 160),
    "fsync": (74, 82), "fdatasync": (75, 83), "truncate": (76, 45),
    "ftruncate": (77, 46), "getdents": (78, None), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None), "link": (86, None),
    "unlink": (87, None), "symlink": (88, None), "readlink": (89, None), "chmod": (90, None), "fchmod": (91, 52),
    "umask": (95, 166), "gettimeofday": (96, 169), "getrlimit": (97, 163), "getrusage": (98, 165),
    "sysinfo": (99, 179), "times": (100, 153), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175),
    "getegid": (108, 177), "getppid": (110, 173), "getpgrp": (111, None), "setrlimit": (160, 164),
    "getgroups": (115, 158), "getresuid": (118, 148), "getresgid": (120, 150), "getpgid": (121, 155),
    "getsid": (124, 156), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "utime": (132, None), "statfs": (137, 43), "fstatfs": (138, 44),
    "getpriority": (140, 141), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126), "arch_prctl": (158, None),
    "gettid": (186, 178), "time": (201, None), "futex": (202, 98), "sched_getaffinity": (204, 123),
    "epoll_create": (213, None), "getdents64": (217, 61), "set_tid_address": (218, 96), "fadvise64": (221, 223),
    "timer_create": (222, 107), "timer_settime": (223, 110), "timer_gettime": (224, 108),
    "timer_getoverrun": (225, 109), "timer_delete": (226, 111), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "exit_group": (231, 94), "epoll_wait": (232, None),
    "epoll_ctl": (233, 21), "utimes": (235, None), "waitid": (247, 95), "openat": (257, 56), "mkdirat": (258, 34),
    "newfstatat": (262, 79), "unlinkat": (263, 35), "renameat": (264, 38), "linkat": (265, 37),
    "symlinkat": (266, 36), "readlinkat": (267, 78), "fchmodat": (268, 53), "faccessat": (269, 48),
    "pselect6": (270, 72), "ppoll": (271, 73), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "utimensat": (280, 88), "epoll_pwait": (281, 22), "fallocate": (285, 47), "eventfd2": (290, 19),
    "epoll_create1": (291, 20), "dup3": (292, 24), "pipe2": (293, 59), "preadv": (295, 69), "pwritev": (296, 70),
    "restart_syscall": (219, 128), "getcpu": (309, 168), "renameat2": (316, 276), "getrandom": (318, 278),
    "copy_file_range": (326, 285),
    "statx": (332, 291), "rseq": (334, 293), "close_range": (436, 436), "faccessat2": (439, 439),
}
CLONE = (56, 220)
CLONE3 = (435, 435)
KILL = (62, 129)
TGKILL = (234, 131)
PRLIMIT = (302, 261)
SOCKETPAIR = (53, 199)
IOCTL = (16, 29)
FCNTL = (72, 25)
PRCTL = (157, 167)
# Calls that newer libraries try first and do without: refused as unknown, which is no offence.
UNKNOWN = [(437, 437), (441, 441), (449, 449), (452, 452), (334, None)]
# Attributes of files beyond the usual ones: refused as what the file system does not have, so that files can be copied.
ATTRIBUTES = [(188 + place, 5 + place) for place in range(12)]
# Refused, which libraries take well: sched_set*, setpriority, mlock, chown; flock, because a lock on a file of the
# system is seen outside the sandbox, where evaluators wait for each other with such locks.
QUIETLY_REFUSED = [(141, 140), (142, 118), (144, 119), (203, 122), (149, 228), (151, 230), (150, 229), (152, 231),
                   (92, None), (93, 55), (94, None), (260, 54), (73, 32)]

# What people call it, by the calls that stand for it.
OFFENCES = {
    "fork": ([56, 57, 58], [220]),
    "exec": ([59, 322], [221, 281]),
    "network": ([41, 42, 43, 49, 50, 288], [198, 203, 202, 200, 201, 242]),
    "kill": ([62, 200, 234, 129, 297, 424], [129, 130, 131, 138, 240, 424]),
    "ptrace": ([101, 310, 311, 312, 434, 438], [117, 270, 271, 272, 434, 438]),
    "mount": ([165, 166, 155, 161, 428, 429, 430, 431, 432, 442], [40, 39, 41, 51, 428, 429, 430, 431, 432, 442]),
    "namespace": ([272, 308], [97, 268]),
    "set limits": ([302], [261]),
    "signal owner": ([72], [25]),
    "identity": ([105, 106, 113, 114, 116, 117, 119, 122, 123, 126], [146, 144, 145, 143, 159, 147, 149, 151, 152, 91]),
    "shared memory": ([29, 30, 31, 67, 319], [194, 196, 195, 197, 279]),
}

ARCHITECTURES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
CLONE_THREAD = 0x10000
# A number that no process has, which stands for the program's own in a filter that is made beforehand.
MARK = 0x7A5A5A5A
ALLOW = 0x7FFF0000
NOTIFY = 0x7FC00000
REFUSE = 0x00050000
KILL_PROCESS = 0x80000000

# struct seccomp_notif and seccomp_notif_resp, and the calls on a listener.
NOTICE = struct.Struct("<QIIiIQ6Q")
ANSWER = struct.Struct("<QqiI")
RECEIVE = 0xC0502100
SEND = 0xC0182101


class FilterError(Exception):
    """The kernel has no such filter."""


def load(offset):
    return struct.pack("<HBBI", 0x20, 0, 0, offset)


def jump(code, value, yes, no):
    return struct.pack("<HBBI", code, yes, no, value)


def give(action):
    return struct.pack("<HBBI", 0x06, 0, 0, action)


EQUAL, NOT_LESS, ANY_BIT = 0x15, 0x35, 0x45
NUMBER, ARCHITECTURE = 0, 4


def runs(numbers):
    """The first and the last of each unbroken row of numbers."""
    rows = []
    for number in sorted(numbers):
        if rows and rows[-1][1] == number - 1:
            rows[-1][1] = number
        else:
            rows.append([number, number])
    return rows


def argument(index, high=False):
    return 16 + 8 * index + (4 if high else 0)


class Filter:
    """Makes and installs the filter; one for a machine."""

    def __init__(self):
        machine = os.uname().machine
        if machine not in ARCHITECTURES:
            raise FilterError(f"no table of system calls for {machine}")
        self.column, self.audit, self.seccomp = ARCHITECTURES[machine]
        self.libc = ctypes.CDLL(None, use_errno=True)
        # Made once; a process puts its own number in the place of the mark.
        self.templates = {True: self.program(MARK, NOTIFY), False: self.program(MARK, REFUSE | errno.EPERM)}
        self.names = {}
        for name, columns in OFFENCES.items():
            for number in columns[self.column]:
                self.names[number] = name

    def offence(self, number):
        """What a refused call is called."""
        return self.names.get(number, f"system call {number}")

    def program(self, pid, refusal):
        """The filter for a process: `refusal` is what happens to a call that is not allowed."""
        column = self.column
        parts = [load(ARCHITECTURE), jump(EQUAL, self.audit, 1, 0), give(KILL_PROCESS), load(NUMBER)]
        if column == 0:
            # The x32 interface has numbers of its own for the same kernel.
            parts += [jump(NOT_LESS, 0x40000000, 0, 1), give(refusal)]

        def case(numbers, *body):
            if numbers[column] is not None:
                size = sum(len(part) for part in body) // 8
                parts.extend([jump(EQUAL, numbers[column], 0, size), *body])

        # A filter returns in the branch of a number, so that what was loaded there does not matter below.
        for first, last in runs(columns[column] for columns in ALLOWED.values() if columns[column] is not None):
            parts += [jump(NOT_LESS, first, 0, 2), jump(NOT_LESS, last + 1, 1, 0), give(ALLOW)]
        case(CLONE, load(argument(0)), jump(ANY_BIT, CLONE_THREAD, 0, 1), give(ALLOW), give(refusal))
        case(CLONE3, give(REFUSE | errno.ENOSYS))
        for call in (KILL, TGKILL):
            case(call, load(argument(0)), jump(EQUAL, pid, 0, 1), give(ALLOW), give(refusal))
        case(PRLIMIT, load(argument(0)), jump(EQUAL, 0, 1, 0), jump(EQUAL, pid, 0, 1), give(ALLOW), give(refusal))
        case(SOCKETPAIR, load(argument(0)), jump(EQUAL, 1, 0, 1), give(ALLOW), give(refusal))
        # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what Python asks of any file.
        case(IOCTL, load(argument(1)), *[
            part for request in (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
            for part in (jump(EQUAL, request, 0, 1), give(ALLOW))], give(REFUSE | errno.ENOTTY))
        # F_DUPFD, the flags, record locks, F_GETOWN, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Not F_SETOWN and F_SETSIG: with them
        # the kernel sends any signal to any process of the same user, the judge's among them.
        case(FCNTL, load(argument(1)), *[
            part for request in (0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1030, 1032)
            for part in (jump(EQUAL, request, 0, 1), give(ALLOW))], give(refusal))
        # PR_SET_NAME, PR_GET_NAME; the name of a piece of memory, which the C library gives, is refused quietly.
        case(PRCTL, load(argument(0)), jump(EQUAL, 15, 1, 0), jump(EQUAL, 16, 0, 1), give(ALLOW),
             jump(EQUAL, 0x53564D41, 0, 1), give(REFUSE | errno.EINVAL), give(refusal))
        for numbers in UNKNOWN:
            case(numbers, give(REFUSE | errno.ENOSYS))
        for numbers in ATTRIBUTES:
            case(numbers, give(REFUSE | errno.EOPNOTSUPP))
        for numbers in QUIETLY_REFUSED:
            case(numbers, give(REFUSE | errno.EPERM))
        parts.append(give(refusal))
        return b"".join(parts)

    def install(self, wants_listener):
        """Puts this process behind the filter for ever; returns the listener's descriptor, or None."""
        if self.libc.prctl(38, 1, 0, 0, 0) != 0:
            raise FilterError("no_new_privs was refused")
        code = self.templates[wants_listener].replace(struct.pack("<I", MARK), struct.pack("<I", os.getpid()))
        text = ctypes.create_string_buffer(code, len(code))
        block = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(text)), 16)
        flags = 8 if wants_listener else 0
        result = self.libc.syscall(self.seccomp, 1, flags, block)
        if result < 0:
            raise FilterError(f"the filter was refused (error {ctypes.get_errno()})")
        return result if wants_listener else None


class Listener:
    """The judge's end of a filter: says no to what was tried, and keeps the names of the first few."""

    def __init__(self, descriptor, filter):
        self.descriptor = descriptor
        self.filter = filter
        self.offences = []

    def answer(self):
        """Answers one call that waits; does nothing when its process has died."""
        notice = bytearray(80)
        try:
            fcntl.ioctl(self.descriptor, RECEIVE, notice)
        except OSError:
            return
        identity, _, _, number = NOTICE.unpack(notice)[:4]
        name = self.filter.offence(number)
        if len(self.offences) < 8 and name not in self.offences:
            self.offences.append(name)
        try:
            fcntl.ioctl(self.descriptor, SEND, bytearray(ANSWER.pack(identity, 0, -errno.EPERM, 0)))
        except OSError:
            pass
