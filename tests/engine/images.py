"""Tars of root file systems for a container engine: nothing is pulled from a registry of images."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_MIRROR = "http://deb.debian.org/debian"
#: What an engine provides itself: the directories are there, and empty.
_EMPTY = ("dev", "proc", "sys")
#: What need not be in an image.
_LEFT_OUT = ("debootstrap", "var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man")


def busybox_image(path: Path, programs: Mapping[str, str] | None = None) -> None:
    """A tar of a root that holds busybox, its applets, ``programs`` (path → text) and what they expect of ``/etc``."""
    program = shutil.which("busybox")
    assert program is not None
    applets = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split()
    root = path.with_suffix(".root")
    root.mkdir()
    for name in ("bin", "etc", "root", "tmp", "var", "run", "usr"):
        (root / name).mkdir()
    (root / "tmp").chmod(0o1777)
    shutil.copy(Path(program).resolve(), root / "bin/busybox")
    for name in applets:
        if name != "busybox":
            (root / "bin" / name).symlink_to("busybox")
    (root / "usr/bin").symlink_to("../bin")
    (root / "var/run").symlink_to("../run")
    _pack(root, path, programs or {})


def debian_image(path: Path, packages: Sequence[str] = (), programs: Mapping[str, str] | None = None) -> None:
    """A tar of a Debian made by debootstrap, with busybox beside its own programs for what only that has.

    Without ``packages`` the system is unpacked and not configured, which takes half the time and is enough to run
    its programs.
    """
    root = path.with_suffix(".root")
    command = ["debootstrap", "--variant=minbase", *([] if packages else ["--foreign"]), "bookworm", str(root), _MIRROR]
    _run(command)
    if packages:
        _run(["chroot", str(root), "apt-get", "-qq", "update"])
        _run(["chroot", str(root), "apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages])
    program = shutil.which("busybox")
    assert program is not None
    (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(program).resolve(), root / "usr/local/bin/busybox")
    _pack(root, path, programs or {})


def _run(command: Sequence[str]) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-500:]}{done.stderr[-500:]}"


def _pack(root: Path, path: Path, programs: Mapping[str, str]) -> None:
    for name, text in programs.items():
        file = root / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    with tarfile.open(path, "w") as archive:
        archive.add(root, ".", filter=_kept)
        for name in _EMPTY:
            folder = tarfile.TarInfo(f"./{name}")
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
    shutil.rmtree(root)


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = member.name.removeprefix("./")
    if member.ischr() or member.isblk() or any(name == out or name.startswith(f"{out}/") for out in _EMPTY + _LEFT_OUT):
        return None
    return member
