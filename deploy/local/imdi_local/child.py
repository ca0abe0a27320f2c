"""Becomes another command: what must happen between fork and exec, as a script of the standard library alone.

``python -I -S child.py '{"parent": 12, "death": 9, "user": [101, 104], "folder": "…"}' command argument …``

* The command dies with its parent (Linux), so that a killed supervisor leaves nothing behind.
* ``user``: PostgreSQL refuses to run as root, so root gives its rights away. Where that user cannot reach the program
  or the data folder because a parent folder is closed (``/root`` is), the one right to look into folders is kept,
  rather than opening somebody's home to everyone.

In a ``preexec_fn`` a lock held by another thread at the fork could hang the child for ever; a script cannot hang so.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
REFUSED = 77
"""Exit status when the command cannot be reached as the user asked for."""


def die_with(parent: int, death: int) -> None:
    """Has the kernel send ``death`` when the parent's thread ends; ends now if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def become(uid: int, gid: int) -> None:
    """Gives root's identity away, for good; what it may do is dropped at exec unless ``keep`` keeps it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def keep(capability: int) -> bool:
    """Keeps one capability across exec; false where this container does not have it."""
    if sys.platform != "linux":
        return False
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(*[1 << capability] * 3, 0, 0, 0)
    library = ctypes.CDLL(None)
    if library.capset(header, effective_permitted_inheritable) != 0:
        return False
    return bool(library.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)


def reachable(program: str, folder: str | None) -> bool:
    """Tries it: opens the folder, and runs the program's ``--version``."""
    try:
        if folder:
            os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
        pid = os.posix_spawn(program, [program, "--version"], {}, file_actions=null)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    except OSError:
        return False


def main(order: str, command: list[str]) -> None:
    """Follows the order, then is the command."""
    asked = json.loads(order)
    if asked["user"]:
        become(*asked["user"])
        os.chdir("/")
        wanted = (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE)
        if not any((each is None or keep(each)) and reachable(command[0], asked["folder"]) for each in wanted):
            print(f"user {asked['user'][0]} cannot reach {command[0]} and {asked['folder']}", file=sys.stderr)
            raise SystemExit(REFUSED)
    die_with(asked["parent"], asked["death"])
    os.execvp(command[0], command)  # noqa: S606 - to be the command is the deed


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
