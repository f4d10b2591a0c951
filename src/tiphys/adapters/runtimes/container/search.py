"""Finding a container engine on this machine.  Import-light: every command asks."""

from __future__ import annotations

import os

_SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")


def find_address(wanted: str | None, runtime_directory: str | None) -> str | None:
    """The address of an engine that may answer: the wanted one, else the first usual socket that exists."""
    if wanted:
        return wanted
    usual = list(_SOCKETS)
    if runtime_directory:
        usual += [f"{runtime_directory}/podman/podman.sock", f"{runtime_directory}/docker.sock"]
    return next((f"unix://{path}" for path in usual if os.path.exists(path)), None)
