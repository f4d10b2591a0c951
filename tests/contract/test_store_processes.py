"""Several processes: killed ones lose no commit and leave no half of one; those that start at once agree."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ListOptions
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

UID = an_object("w").uid
NODES = 20
WRITER = """
import sys
from pathlib import Path
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.ids import WorkflowUid
from tiphys.ports.store import CommandRow, NodeRow, RunCommit
from tiphys.testing.clock import VirtualClock

path, uid, number, nodes = Path(sys.argv[1]), WorkflowUid(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
store = SqliteStore(path, VirtualClock())
assert store.claim(uid)
while True:
    number += 1
    text = str(number).encode()
    size = 100_000 if number % 7 == 0 else 10  # some span many pages
    rows = [NodeRow(name=f"n{at}", sequence=at, status=text * size, internal=text) for at in range(nodes)]
    commands = [CommandRow(key=f"c{number}", body=text)]
    performed = [f"c{number - 1}"]
    store.commit(RunCommit(uid=uid, nodes=rows, commands=commands, performed=performed, data=text, phase=str(number)))
    print(number, flush=True)
"""


def check_whole(path: Path) -> int:
    """The number of the last commit, of which every part must be there; 0 before the first."""
    store = SqliteStore(path, VirtualClock())
    try:
        item = store.find(UID)
        assert item is not None
        assert store.claim(WorkflowUid(UID)), "the claim outlived its process"
        rows, commands = list(store.nodes(UID)), store.commands(UID)
        if item.phase == "Running":
            assert rows == []
            assert list(commands) == []
            return 0
        text = item.phase.encode()
        assert item.data == text
        assert [row.internal for row in rows] == [text] * NODES
        assert {row.status[: len(text)] for row in rows} == {text}
        assert [command.body for command in commands] == [text]
        assert store.sqlite._writer.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(text)
    finally:
        store.close()


VISITOR = """
import sys
from pathlib import Path
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

store = SqliteStore(Path(sys.argv[1]), VirtualClock())
store.create(an_object(sys.argv[2]))
store.close()
"""


def test_a_second_connection_that_is_closed_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "tiphys.db"
    store = SqliteStore(path, VirtualClock())
    try:
        store.create(an_object("a"))
        SqliteStore(path, VirtualClock()).close()
        # The visitor must not take itself for the last one that has the file open: it would remove the log.
        for name in ("b", "c"):
            subprocess.run([sys.executable, "-c", VISITOR, str(path), name], check=True)
            store.create(an_object(f"after-{name}"))
        found = [item.key.name for item in store.list(ListOptions(kind="Workflow")).items]
        assert sorted(found) == ["a", "after-b", "after-c", "b", "c"]
    finally:
        store.close()
    assert list(tmp_path.glob(".tiphys*")) == []


@pytest.mark.parametrize("seed", [1])
def test_killed_writer_loses_nothing(tmp_path: Path, seed: int) -> None:
    path, moments = tmp_path / "tiphys.db", random.Random(seed)
    store = SqliteStore(path, VirtualClock())
    store.create(an_object("w"))
    store.close()
    environment, last = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, 0
    for _ in range(20):
        arguments = [sys.executable, "-c", WRITER, str(path), UID, str(last), str(NODES)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as writer:
            assert writer.stdout is not None
            seen = [int(writer.stdout.readline()) for _ in range(moments.randrange(1, 20))]
            writer.kill()
            seen += [int(line) for line in writer.stdout.read().splitlines()]
        found = check_whole(path)
        assert seen[0] == last + 1
        # Said and not there would be lost; one that was not said may have been committed.
        assert found in (seen[-1], seen[-1] + 1)
        last = found


STARTER = """
import sys
from pathlib import Path
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

print("ready", flush=True)
sys.stdin.readline()
for number in range(3):
    store = SqliteStore(Path(sys.argv[1]), VirtualClock())
    store.create(an_object(f"w{sys.argv[2]}-{number}"))
    store.close()
"""


def test_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "tiphys.db"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for number in range(5)
    ]
    for starter in starters:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    assert [starter.communicate()[1] for starter in starters] == [""] * 5
    store = SqliteStore(path, VirtualClock())
    versions = [item.resource_version for item in store.list(ListOptions(kind="Workflow")).items]
    store.close()
    assert sorted(versions) == list(range(1, 16))
