"""Whether the sandbox works here: tried once, remembered in the data directory for as long as nothing could change it.

Trying costs a process and some thirty directories, a tenth of the time of a run of one step.
"""

from __future__ import annotations

import contextlib
import os
from hashlib import sha256

from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.runtimes.process import sandbox

#: What of a process decides what it may unshare and mount.
_RIGHTS = ("Cap", "NoNewPrivs", "Seccomp", "Uid", "Gid")
#: Switches of the kernel that forbid namespaces to users; not every kernel has each of them.
_SWITCHES = (
    "user/max_user_namespaces",
    "kernel/unprivileged_userns_clone",
    "kernel/apparmor_restrict_unprivileged_userns",
)


def trouble(found: sandbox.Sandbox, home: str) -> str | None:
    """Why the sandbox does not work on this machine, in bubblewrap's words; None if it works."""
    memory, here = f"{home}/sandbox-works", _circumstances(found)
    with contextlib.suppress(OSError), open(memory, encoding="ascii") as file:
        if file.read() == here:
            return None
    place = f"{home}/probe-{os.getpid()}"
    os.makedirs(place, 0o700, exist_ok=True)
    said = sandbox.probe(found, place)
    remove_tree(place)
    if said is None:
        with contextlib.suppress(OSError), open(memory, "w", encoding="ascii") as file:
            file.write(here)
    return said


def _circumstances(found: sandbox.Sandbox) -> str:
    """All that the answer hangs on: kernel and boot, the rights of this process, the program and its arguments."""
    program = os.stat(found.program)
    known = [repr(found), str(program.st_ino), str(program.st_mtime_ns)]
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot:
        known.append(boot.read())
    for switch in _SWITCHES:
        with contextlib.suppress(OSError), open(f"/proc/sys/{switch}", encoding="ascii") as file:
            known.append(f"{switch} {file.read()}")
    known += [os.readlink(f"/proc/self/ns/{name}") for name in ("mnt", "user", "pid")]
    with open("/proc/self/status", encoding="utf-8") as status:
        known += [line for line in status if line.startswith(_RIGHTS)]
    return sha256("\n".join(known).encode()).hexdigest()
