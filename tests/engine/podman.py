"""A private Podman: its own storage, its own socket, ended by its pid.  For tests, benches and conformance."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.images import busybox_image
from tests.serving import accepts
from tests.waiting import until

#: Machines without systemd and with small limits need all of this; others are not hurt by it.
CONFIGURATION = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
#: Registries on loopback speak no TLS.
REGISTRIES = """
[[registry]]
prefix = "127.0.0.1"
location = "127.0.0.1"
insecure = true
"""
#: Minutes of work for an engine: CI asks for it, ``make test`` does not.
FLAG = "TIPHYS_TEST_ENGINE"
_PREFIX = "tiphys-podman-"
needs_podman = pytest.mark.skipif(
    os.environ.get(FLAG) != "1" or os.geteuid() != 0, reason=f"set {FLAG}=1 as root, as CI does (needs podman, runc)"
)


@dataclass
class Podman:
    """A Podman that serves at ``address``; everything of it lies below ``folder``."""

    folder: Path
    _service: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the Docker-compatible API answers."""
        return f"unix://{self.folder}/podman.sock"

    @property
    def command(self) -> Sequence[str]:
        """The words before those of a command of ``podman``."""
        store = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run")]
        files = [
            f"CONTAINERS_CONF={self.folder}/containers.conf",
            f"CONTAINERS_REGISTRIES_CONF={self.folder}/registries.conf",
        ]
        return ["env", *files, "podman", *store]

    def add(self, archive: Path, *names: str, entrypoint: str = "") -> None:
        """Make an image of a tar, under some names."""
        changes = ["--change", f"ENTRYPOINT {entrypoint}"] if entrypoint else []
        self.run("import", "-q", *changes, str(archive), names[0])
        for name in names[1:]:
            self.run("tag", names[0], name)

    def serve(self) -> None:
        """Begin to serve."""
        # A killed run of the tests takes its service with it.
        words = ["setpriv", "--pdeathsig", "TERM", *self.command, "system", "service", "--time=0", self.address]
        service = self._service = subprocess.Popen(words, stderr=subprocess.DEVNULL, cwd=self.folder)
        until(lambda: accepts(self.folder / "podman.sock") or service.poll() is not None)
        assert service.poll() is None, "podman does not serve"

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Serve no more; what runs in containers goes on."""
        if self._service is not None:
            self._service.send_signal(number)
            self._service.wait()
        (self.folder / "podman.sock").unlink(missing_ok=True)

    def run(self, *words: str) -> str:
        """What a command of ``podman`` prints; it must succeed."""
        return subprocess.run([*self.command, *words], check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def podman_service() -> Iterator[Podman]:
    """A Podman that has the image ``busybox``.

    It has a folder of its own and none of pytest's: one that was killed leaves a mount, which later sessions of
    pytest would try to remove.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = _hold(folder)
    assert lock is not None
    (folder / "containers.conf").write_text(CONFIGURATION)
    (folder / "registries.conf").write_text(REGISTRIES)
    podman = Podman(folder)
    busybox_image(folder / "busybox.tar")
    podman.add(folder / "busybox.tar", "busybox")
    try:
        podman.serve()
        yield podman
    finally:
        podman.end()
        _remove(podman)
        os.close(lock)


def _hold(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives and has the descriptor open; None if somebody else holds it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    os.close(lock)
    return None


def _sweep() -> None:
    """Remove what test runs left that were killed: containers, mounts, a hundred megabytes each."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if not (folder / "lock").exists():  # it is being made, or removed
            continue
        lock = _hold(folder)
        if lock is not None:
            _remove(Podman(folder))
            os.close(lock)


def _remove(podman: Podman) -> None:
    store = podman.folder / "store" / "overlay"
    subprocess.run([*podman.command, "rm", "--all", "--force", "--time", "0"], check=False, capture_output=True)
    subprocess.run(["umount", str(store)], check=False, capture_output=True)
    shutil.rmtree(podman.folder, ignore_errors=True)
