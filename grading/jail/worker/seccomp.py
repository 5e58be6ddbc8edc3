"""A deny-list of system calls that no exercise needs, as a small BPF program.

It is the last layer, not the first: namespaces and limits already take away most of these. What
is denied answers EPERM, so a student's code sees a PermissionError where it calls one.

References
----------
Linux: Documentation/userspace-api/seccomp_filter.rst; numbers from the kernel's syscall tables.
"""

import ctypes
import errno
import platform
import struct

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*: cgroup, uts, ipc, user, pid, net, ns, time
AF_UNIX = 1

# By name: the number on x86_64 and on aarch64.
DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "acct": (163, 89), "fanotify_init": (300, 262),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "syslog": (103, 116), "personality": (135, 92), "sethostname": (170, 161),
    "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "mbind": (237, 235), "set_mempolicy": (238, 237), "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # memory that neither the address-space limit nor the size of a tmpfs counts
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE3, CLONE, SOCKET, PRLIMIT = (435, 435), (56, 220), (41, 198), (302, 261)


def install():
    """Put the filter on this process and all it starts; False where that is not possible."""
    if platform.machine() not in MACHINES:
        return False
    code = program(platform.machine())
    instructions = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a 16-bit count, padding, a pointer
    filter_ = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0) == 0


def program(machine):
    """The BPF program as bytes, eight for each instruction."""
    column, architecture = MACHINES[machine]
    denied, absent = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        *_unless(EQUAL, architecture, denied),
        (LOAD, 0, 0, NUMBER),
        *_when(AT_LEAST, 0x40000000, denied),  # x32, which numbers its calls otherwise
        *_when(EQUAL, CLONE3[column], absent),  # its flags lie in memory; libc then uses clone
    ]
    for numbers in DENIED.values():
        steps += _when(EQUAL, numbers[column], denied)
    steps += _argument(CLONE[column], _when(ANY_BIT, NEW_NAMESPACES, denied))
    steps += _argument(SOCKET[column], _unless(EQUAL, AF_UNIX, denied))
    steps += _argument(PRLIMIT[column], _unless(EQUAL, 0, denied))  # of itself only
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _when(test, value, verdict):
    return [(test, 0, 1, value), (RETURN, 0, 0, verdict)]


def _unless(test, value, verdict):
    return [(test, 1, 0, value), (RETURN, 0, 0, verdict)]


def _argument(number, steps):
    """For one system call: judge its first argument, then allow."""
    inner = [(LOAD, 0, 0, FIRST_ARGUMENT), *steps, (RETURN, 0, 0, ALLOW)]
    return [(EQUAL, 0, len(inner), number), *inner]
