"""What a job gives up before it sees a byte of a student's: namespaces, limits, privileges."""

import contextlib
import ctypes
import os
import resource
import signal
import sys

import seccomp

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
LAST_CAPABILITY = 63

LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True)


def _call(name, *args):
    if getattr(libc, name)(*args) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def new_namespaces():
    """Leave the zygote's namespaces; the next child is process 1 of its own."""
    _call("unshare", CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID)


def private_folders(sizes, owner):
    """Mount an empty, size-limited file system on each folder, and cover /proc, for us alone.

    Parameters
    ----------
    sizes : dict of str to int
        Bytes by folder.
    owner : int or None
        User id that may write there.
    """
    _call("unshare", CLONE_NEWNS)
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    flags = MS_NOSUID | MS_NODEV
    user = "" if owner is None else f",uid={owner},gid={owner}"
    for folder, size in sizes.items():
        options = f"size={size},nr_inodes=4096,mode=0700{user}"
        _call("mount", b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode())
    flags |= MS_NOEXEC | MS_RDONLY
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", flags, b"size=4k,mode=0555")


def limit(limits, owner):
    """Set the resource limits; those this system does not know are left out."""
    values = {
        "RLIMIT_AS": limits["address_space"],
        "RLIMIT_CPU": limits["cpu_seconds"],
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    if owner is not None or limits["namespaces"]:
        # Elsewhere the count would include all that the person at the keyboard runs.
        values["RLIMIT_NPROC"] = limits["processes"]
    for name, value in values.items():
        if hasattr(resource, name):
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with contextlib.suppress(ValueError, OSError):  # macOS knows some and refuses them
                resource.setrlimit(number, (value, value))


def drop_privileges(owner, filtered):
    """Become a user of its own where root may, lose every capability, and filter system calls.

    Returns
    -------
    bool
        Whether the filter is in place.
    """
    if owner is not None:
        if LINUX:
            _drop_bounding_set()
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
    if not LINUX:
        return False
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    die_with_parent()  # a change of user disarms it
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return seccomp.install() if filtered else False


def _drop_bounding_set():
    for number in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)


def die_with_parent():
    """Have the kernel kill this process when its parent ends."""
    if LINUX:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans():
    """Become the parent of descendants whose own parent ends, so that they can be found."""
    if LINUX:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def keep_only(*descriptors):
    """Point stdin, stdout and stderr at /dev/null and close all others but these."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    last = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    last = min(last, 1 << 20) if last != resource.RLIM_INFINITY else 1 << 16
    kept = sorted(descriptors)
    for low, high in zip([2, *kept], [*kept, last], strict=True):
        os.closerange(low + 1, high)
