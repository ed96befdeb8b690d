"""A system call filter (seccomp): no sockets, no programs, no processes, no new files, no signals to others.

Reading files stays possible, so that a library can still load what it needs; nothing can be sent anywhere.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import Final

_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_DENY: Final = 0x00050000
_KILL: Final = 0x80000000
_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_NR, _ARCH, _ARGUMENT = 0, 4, 16
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CLONE_THREAD: Final = 0x10000

_NEW: Final = {"pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "pidfd_getfd": 438}
_X86: Final = dict(
    socket=41, connect=42, accept=43, bind=49, listen=50, socketpair=53, accept4=288, fork=57, vfork=58, execve=59,
    execveat=322, kill=62, tkill=200, ptrace=101, process_vm_readv=310, process_vm_writev=311, bpf=321,
    perf_event_open=298, userfaultfd=323, keyctl=250, add_key=248, request_key=249, mount=165, umount2=166,
    unshare=272, setns=308, creat=85, link=86, linkat=265, symlink=88, symlinkat=266, unlink=87, unlinkat=263,
    rename=82, renameat=264, renameat2=316, mkdir=83, mkdirat=258, mknod=133, mknodat=259, truncate=76, chmod=90,
    chown=92, fchmodat=268, fchownat=260, **_NEW,
)  # fmt: skip
_ARM: Final = dict(
    socket=198, socketpair=199, bind=200, listen=201, accept=202, connect=203, accept4=242, execve=221, execveat=281,
    kill=129, tkill=130, ptrace=117, process_vm_readv=270, process_vm_writev=271, bpf=280, perf_event_open=241,
    userfaultfd=282, keyctl=219, add_key=217, request_key=218, mount=40, umount2=39, unshare=97, setns=268,
    linkat=37, symlinkat=36, unlinkat=35, renameat=38, renameat2=276, mkdirat=34, mknodat=33, truncate=45,
    fchmodat=53, fchownat=54, **_NEW,
)  # fmt: skip
_OPENAT2, _CLONE3 = 437, 435
# machine -> (AUDIT_ARCH, denied, openat, clone, tgkill, open)
_MACHINES: Final = {
    "x86_64": (0xC000003E, _X86, 257, 56, 234, 2),
    "aarch64": (0xC00000B7, _ARM, 56, 220, 131, None),
}


def install() -> bool:
    """Filter this process for good; False where the machine or the kernel does not give it."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _program(*machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    program = ctypes.create_string_buffer(header, len(header))
    return ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0


def _program(arch: int, denied: dict[str, int], openat: int, clone: int, tgkill: int, open_: int | None) -> bytes:
    """Classic BPF over `struct seccomp_data`."""
    lines = [_line(_LOAD, _ARCH), _line(_EQUAL, arch, 1, 0), _line(_RETURN, _KILL), _line(_LOAD, _NR)]
    for number in denied.values():
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _DENY | errno.EPERM)]
    for number in (_OPENAT2, _CLONE3):  # their arguments lie in memory: the C library falls back to the old calls
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _DENY | errno.ENOSYS)]
    lines += _argument(openat, 2, _SET, _WRITING, when=_DENY | errno.EACCES, otherwise=_ALLOW)
    if open_ is not None:
        lines += _argument(open_, 1, _SET, _WRITING, when=_DENY | errno.EACCES, otherwise=_ALLOW)
    lines += _argument(clone, 0, _SET, _CLONE_THREAD, when=_ALLOW, otherwise=_DENY | errno.EPERM)
    lines += _argument(tgkill, 0, _EQUAL, os.getpid(), when=_ALLOW, otherwise=_DENY | errno.EPERM)
    return b"".join([*lines, _line(_RETURN, _ALLOW)])


def _argument(number: int, index: int, test: int, value: int, *, when: int, otherwise: int) -> list[bytes]:
    """Decide call `number` by the low word of one of its arguments."""
    return [
        _line(_EQUAL, number, 0, 4),
        _line(_LOAD, _ARGUMENT + 8 * index),
        _line(test, value, 0, 1),
        _line(_RETURN, when),
        _line(_RETURN, otherwise),
    ]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
