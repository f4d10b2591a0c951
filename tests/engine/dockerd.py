"""A private Docker: its own data, its own socket and bridge, ended by its pid.  For tests of the container runtime."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.images import busybox_image
from tests.engine.podman import FLAG
from tests.serving import accepts
from tests.waiting import PATIENCE, until

needs_docker = pytest.mark.skipif(
    os.environ.get(FLAG) != "1" or os.geteuid() != 0, reason=f"set {FLAG}=1 as root, as CI does (needs docker.io)"
)
#: The bridge of the tests' own; no other daemon of the machine has this one, and no packet filter is touched.
_BRIDGE = "10.231.7.1/24"
_OPTIONS = ("--iptables=false", "--ip6tables=false", "--ip-masq=false", f"--bip={_BRIDGE}")


@dataclass(frozen=True)
class Docker:
    """A Docker that serves at ``address``; everything of it lies below ``folder``."""

    folder: Path

    @property
    def address(self) -> str:
        """Where the API answers."""
        return f"unix://{self.folder}/docker.sock"

    def add(self, archive: Path, name: str) -> None:
        """Make an image of a tar."""
        with self.client() as client:
            client.import_image(str(archive), repository=name, tag="latest")

    @contextlib.contextmanager
    def client(self) -> Iterator[Any]:
        """The library's interface."""
        import docker

        client = docker.APIClient(base_url=self.address, timeout=int(PATIENCE))
        try:
            yield client
        finally:
            client.close()


@contextlib.contextmanager
def docker_service() -> Iterator[Docker]:
    """A Docker that has the image ``busybox``."""
    folder = Path(tempfile.mkdtemp(prefix="tiphys-docker-"))
    (folder / "daemon.json").write_text("{}")
    made = Docker(folder)
    command = ["dockerd", f"--config-file={folder}/daemon.json", *_OPTIONS, f"--host={made.address}"]
    command += [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
    with (folder / "log").open("wb") as log:
        service = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        until(lambda: accepts(folder / "docker.sock") or service.poll() is not None)
        assert service.poll() is None, f"docker does not serve: {(folder / 'log').read_text()[-2000:]}"
        busybox_image(folder / "busybox.tar")
        made.add(folder / "busybox.tar", "busybox")
        yield made
        with made.client() as client:
            _remove_all(client)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_all(client: Any) -> None:
    """Remove what pods left; a network of ours that stays would keep its bridge when the daemon has ended."""
    import docker.errors

    for item in client.containers(all=True):
        client.remove_container(item["Id"], force=True)

    def removed(network: str) -> bool:
        # Docker can forget to take a container out of its network that was removed while it started.
        for left in client.inspect_network(network)["Containers"].values():
            with contextlib.suppress(docker.errors.APIError):
                client.disconnect_container_from_network(left["Name"], network, force=True)
        try:
            client.remove_network(network)
        except docker.errors.APIError:
            return False
        return True

    for item in client.networks(names=["tiphys"]):
        until(functools.partial(removed, item["Id"]))
