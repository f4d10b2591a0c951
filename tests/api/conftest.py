"""A real ``tiphys server`` in a process of its own, on loopback, with a data directory of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct


class Running(Struct, frozen=True):
    """A server that answers: its address, the owner's token and its data directory."""

    url: str
    token: str
    home: Path

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that is signed in as the owner, or with another token."""
        headers = {"authorization": f"Bearer {self.token if token is None else token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests; each test uses names of its own."""
    home = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "tiphys", "server", "--home", str(home), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            token = process.stdout.readline().split()[-1]
            yield Running(url.rstrip("/"), token, home)
        finally:
            process.terminate()
            process.wait(30)
