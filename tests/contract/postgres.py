"""A PostgreSQL of the tests' own: on a Unix socket in a temporary directory, started once for all that need it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.needs import skip_without

#: Not durable when the machine fails, which no test does; a killed server of PostgreSQL loses nothing.
SETTINGS = "-c listen_addresses='' -c fsync=off -c max_connections=200 -c shared_buffers=32MB -c log_statement=none"


def programs() -> Path | None:
    """Where ``initdb`` and ``pg_ctl`` are."""
    found = shutil.which("pg_ctl")
    if found is not None:
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return places[-1].parent if places else None


class Cluster:
    """A server of PostgreSQL with its data below ``home``."""

    def __init__(self, home: Path, tools: Path) -> None:
        self.home = home
        self.url = f"postgresql://postgres@/postgres?host={home}"
        self._tools = tools

    def emptied(self) -> str:
        """The URL of its database, in which nothing is left; nobody may use it any more."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS tiphys CASCADE")
        return self.url

    def make(self) -> None:
        """Make the files of the cluster."""
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C")

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"{SETTINGS} -c unix_socket_directories='{self.home}'"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.home}/log", f"--options={options}")

    def stop(self, mode: str = "fast") -> None:
        """Stop: ``fast`` breaks connections, ``immediate`` is like a crash."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def _run(self, tool: str, *arguments: str) -> None:
        words = [str(self._tools / tool), f"--pgdata={self.home / 'data'}", *arguments]
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            words = ["runuser", "-u", "postgres", "--", *words]
        subprocess.run(words, check=True, cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster; the test is skipped where PostgreSQL is not installed (``.ci/run`` installs it)."""
    tools = programs()
    skip_without(tools is not None, "PostgreSQL")
    assert tools is not None, "PostgreSQL is not installed"
    memory = Path("/dev/shm")  # a slow disk makes the tests slow and proves nothing
    home = Path(tempfile.mkdtemp(prefix="tiphys-pg-", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        made = Cluster(home, tools)
        made.make()
        made.start()
        try:
            yield made
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test may have stopped it
                made.stop("immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)
