"""A private Podman for the tests of the container runtime: its own storage, its own socket, ended by its pid."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Machines without systemd and with small limits need all of this; others are not hurt by it.
CONFIGURATION = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
#: Minutes of work for an engine: CI asks for it, ``make test`` does not.
FLAG = "TIPHYS_TEST_ENGINE"
needs_podman = pytest.mark.skipif(
    os.environ.get(FLAG) != "1" or os.geteuid() != 0, reason=f"set {FLAG}=1 as root, as CI does (needs podman, runc)"
)


@contextlib.contextmanager
def podman_service(folder: Path) -> Iterator[str]:
    """The address of a Podman that has the image ``busybox``; everything of it lies below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "containers.conf"
    configuration.write_text(CONFIGURATION)
    environment = {**os.environ, "CONTAINERS_CONF": str(configuration)}
    podman = ["podman", "--root", str(folder / "store"), "--runroot", str(folder / "run")]
    busybox_image(folder / "busybox.tar")
    subprocess.run(
        [*podman, "import", "-q", str(folder / "busybox.tar"), "busybox"],
        env=environment,
        check=True,
        capture_output=True,
    )
    address = f"unix://{folder}/podman.sock"
    service = subprocess.Popen(
        [*podman, "system", "service", "--time=0", address], env=environment, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        while not (folder / "podman.sock").exists():
            assert service.poll() is None, "podman does not serve"
            time.sleep(0.02)
        yield address
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        subprocess.run(
            [*podman, "rm", "--all", "--force", "--time", "0"], env=environment, check=False, capture_output=True
        )
        subprocess.run(["umount", str(folder / "store" / "overlay")], check=False, capture_output=True)


def busybox_image(path: Path) -> None:
    """A tar of a root file system that holds busybox, its applets and what programs expect of ``/etc``."""
    program = shutil.which("busybox")
    assert program is not None
    applets = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split()
    with tarfile.open(path, "w") as archive:
        for name in ("bin", "etc", "proc", "dev", "root", "tmp", "var", "run"):
            _entry(archive, name, tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755)
        archive.add(Path(program).resolve(), "bin/busybox")
        for name in applets:
            if name != "busybox":
                _entry(archive, f"bin/{name}", tarfile.SYMTYPE, 0o777, "busybox")
        _entry(archive, "usr", tarfile.DIRTYPE, 0o755)
        _entry(archive, "usr/bin", tarfile.SYMTYPE, 0o777, "../bin")
        _entry(archive, "var/run", tarfile.SYMTYPE, 0o777, "../run")


def _entry(archive: tarfile.TarFile, name: str, kind: bytes, mode: int, target: str = "") -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = kind, mode, target
    archive.addfile(info)
