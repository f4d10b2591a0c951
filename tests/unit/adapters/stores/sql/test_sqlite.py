from __future__ import annotations

import resource
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.sql.migrations import Migration
from tiphys.adapters.stores.sql.sqlite import tables
from tiphys.adapters.stores.sql.sqlite.database import problem
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.errors import StoreError
from tiphys.ports.store import ListOptions, RunCommit
from tiphys.testing.clock import START, VirtualClock
from tiphys.testing.contracts.store import LARGE, a_command, a_node, an_object

NAME = "tiphys.dev/workflow"
Open = Callable[[], SqliteStore]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tiphys.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Open]:
    stores: list[SqliteStore] = []

    def open_store() -> SqliteStore:
        stores.append(SqliteStore(path, VirtualClock()))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def query(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        with connection:
            return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


class TestOpening:
    def test_new_database_is_for_its_owner_only(self, opened: Open, path: Path) -> None:
        opened().create(an_object("a"))
        assert path.parent.stat().st_mode & 0o777 == 0o700
        files = sorted(path.parent.glob("tiphys.db*"))
        assert [file.name for file in files] == ["tiphys.db", "tiphys.db-shm", "tiphys.db-wal"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    def test_migrations_are_recorded(self, opened: Open, path: Path) -> None:
        opened()
        opened()
        rows = query(path, "SELECT version, name, applied_at FROM migrations")
        assert rows == [(m.version, m.name, START.isoformat()) for m in tables.MIGRATIONS]
        assert [m.version for m in tables.MIGRATIONS] == list(range(1, len(tables.MIGRATIONS) + 1))

    def test_empty_file_is_a_new_database(self, opened: Open, path: Path) -> None:
        path.parent.mkdir()
        path.touch()
        assert opened().list(ListOptions(kind="Workflow")).items == []

    def test_missing_migration_is_applied_and_keeps_objects(
        self, opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        item = opened().create(an_object("a"))
        version = tables.MIGRATIONS[-1].version + 1
        more = Migration(version, "more", ("CREATE TABLE more (x INTEGER)",))
        monkeypatch.setattr(tables, "MIGRATIONS", (*tables.MIGRATIONS, more))
        assert opened().get(item.key) == item
        assert query(path, "SELECT count(*) FROM more") == [(0,)]

    def test_objects_of_the_first_tables_are_found_again(
        self, opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "MIGRATIONS", tables.MIGRATIONS[:1])
        opened().close()
        query(
            path,
            "INSERT INTO objects VALUES (1, 'Workflow', 'argo', 'a', 'u', 0, 1, 'Failed', '{\"x\":\"1\"}', x'7b7d')",
        )
        query(path, "INSERT INTO labels VALUES (1, 'x', '1', 'Workflow', 'argo', 0)")
        query(path, "UPDATE sequence SET value = 1")
        monkeypatch.undo()
        store = opened()
        found = store.list(ListOptions(kind="Workflow", labels={"x": "1"})).items
        assert [(item.key.name, item.key.group, item.owners) for item in found] == [("a", "argoproj.io", ())]
        assert store.get(found[0].key) == found[0]
        assert [change.type for change in store.changes(0).items] == ["ADDED"]

    def test_times_and_names_of_older_tables_are_found(
        self, opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "MIGRATIONS", tables.MIGRATIONS[:5])
        opened().close()
        status = '"status": {"startedAt": "2026-01-05T12:00:00Z", "finishedAt": "2026-01-05T12:30:00Z"}'
        live = f'{{"metadata": {{"name": "a"}}, {status}}}'
        copy = f'{{"workflow": {{"metadata": {{"name": "b"}}, {status}}}, "padding": "{"x" * LARGE}"}}'
        query(path, "INSERT INTO blobs VALUES ('d', 1, 0, ?)", copy.encode())
        for row in (
            (1, "Workflow.argoproj.io", "a", "u", live.encode()),
            (2, "ArchivedWorkflow.tiphys.dev", "uid", "v", "d"),
            (3, "ConfigMap", "c", "w", b"{}"),
        ):
            query(path, "INSERT INTO objects VALUES (?, ?, 'argo', ?, ?, 0, 1, '', '{\"x\":\"1\"}', ?, '[]')", *row)
        monkeypatch.undo()
        store = opened()
        [one] = store.list(ListOptions(kind="Workflow", finished_before=START + timedelta(days=9000))).items
        [other] = store.list(ListOptions(kind="ArchivedWorkflow", group="tiphys.dev", labels={NAME: "b"})).items
        assert one.times == other.times
        assert one.times.finished == datetime(2026, 1, 5, 12, 30, tzinfo=UTC)
        assert dict(other.labels) == {"x": "1", NAME: "b"}

    def test_failed_migration_changes_nothing(self, opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        item = opened().create(an_object("a"))
        before = tables.MIGRATIONS
        broken = Migration(before[-1].version + 1, "broken", ("CREATE TABLE more (x INTEGER)", "NONSENSE"))
        monkeypatch.setattr(tables, "MIGRATIONS", (*before, broken))
        with pytest.raises(StoreError, match="syntax error"):
            opened()
        monkeypatch.setattr(tables, "MIGRATIONS", before)
        assert opened().get(item.key) == item
        assert query(path, "SELECT name FROM sqlite_master WHERE name = 'more'") == []

    def test_newer_database_is_refused(self, opened: Open, path: Path) -> None:
        opened().close()
        query(path, "INSERT INTO migrations VALUES (99, 'from the future', '')")
        with pytest.raises(StoreError, match="newer Tiphys") as caught:
            opened()
        assert "version 99" in caught.value.message
        assert caught.value.hint is not None
        assert caught.value.where == str(path)

    def test_database_of_another_program_is_refused_and_left_alone(self, opened: Open, path: Path) -> None:
        path.parent.mkdir()
        query(path, "CREATE TABLE theirs (x)")
        before = path.read_bytes()
        with pytest.raises(StoreError, match="another program"):
            opened()
        assert path.read_bytes() == before

    def test_file_that_is_no_database_is_refused_and_left_alone(self, opened: Open, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("precious notes\n" * 100)
        with pytest.raises(StoreError, match="not a database") as caught:
            opened()
        assert caught.value.where == str(path)
        assert path.read_text() == "precious notes\n" * 100

    def test_path_that_cannot_be_made_is_a_store_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="data directory cannot be used") as caught:
            SqliteStore(tmp_path / "file" / "tiphys.db", VirtualClock())
        assert caught.value.where == str(tmp_path / "file" / "tiphys.db")

    def test_threads_may_open_and_write_at_once(self, path: Path) -> None:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                store = SqliteStore(path, VirtualClock())
                for count in range(5):
                    store.create(an_object(f"w{number}-{count}"))
                store.close()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert query(path, "SELECT count(*), max(resource_version) FROM objects") == [(40, 40)]


class TestFailures:
    def test_full_disk_writes_nothing_and_the_store_goes_on(self, opened: Open, path: Path) -> None:
        store = opened()
        item = store.create(an_object("a", data=b"old"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("n", 0)]))
        before = store.get(item.key)
        writer = store.sqlite._writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages + 5}")
        many = [a_node(f"n{number}", number, status=b"x" * 2000) for number in range(100)]
        with pytest.raises(StoreError, match="disk is full") as caught:
            store.commit(RunCommit(uid=item.uid, nodes=many, commands=[a_command("c")], data=b"new", phase="Failed"))
        assert (caught.value.where, bool(caught.value.hint)) == (str(path), True)
        assert store.get(item.key) == before
        assert list(store.nodes(item.uid)) == [a_node("n", 0)]
        assert list(store.commands(item.uid)) == []
        writer.execute("PRAGMA max_page_count = 1000000")
        store.commit(RunCommit(uid=item.uid, nodes=many))
        assert len(list(store.nodes(item.uid))) == 101

    def test_file_system_limit_writes_nothing(self, opened: Open) -> None:
        """A file that may not grow: the kernel itself refuses the write."""
        store = opened()
        item = store.create(an_object("a"))
        before = store.get(item.key)
        old_limit, old_handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, old_limit[1]))
        try:
            with pytest.raises(StoreError, match="disk"):
                store.commit(RunCommit(uid=item.uid, nodes=[a_node("n", 0, status=b"x" * 1_000_000)], phase="Failed"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
            signal.signal(signal.SIGXFSZ, old_handler)
        assert store.get(item.key) == before
        assert list(store.nodes(item.uid)) == []
        store.commit(RunCommit(uid=item.uid, phase="Failed"))

    def test_damaged_file_is_a_store_error(self, opened: Open, path: Path) -> None:
        store = opened()
        for number in range(200):
            store.create(an_object(f"w{number}", data=b"x" * 1000))
        store.close()
        raw = bytearray(path.read_bytes())
        raw[4096:] = b"\xa5" * (len(raw) - 4096)
        path.write_bytes(raw)
        with pytest.raises(StoreError, match="damaged") as caught:
            opened().list(ListOptions(kind="Workflow"))
        assert ".recover" in (caught.value.hint or "")
        assert caught.value.where == str(path)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (sqlite3.SQLITE_FULL, "disk is full"),
            (sqlite3.SQLITE_READONLY_DIRECTORY, "read-only"),
            (sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be opened"),
            (sqlite3.SQLITE_CORRUPT_INDEX, "damaged"),
            (sqlite3.SQLITE_NOTADB, "not a database"),
            (sqlite3.SQLITE_BUSY_SNAPSHOT, "another process"),
            (sqlite3.SQLITE_IOERR_FSYNC, "disk cannot be read or written"),
        ],
    )
    def test_every_problem_has_a_path_and_a_hint(self, code: int, message: str) -> None:
        error = sqlite3.OperationalError("text")
        error.sqlite_errorcode = code
        found = problem(error, Path("/data/tiphys.db"))
        assert isinstance(found, StoreError)
        assert message in found.message
        assert found.hint
        assert found.where == "/data/tiphys.db"

    def test_unknown_problem_shows_the_text_of_sqlite(self) -> None:
        assert "something new" in problem(sqlite3.OperationalError("something new"), Path("x")).message


class TestRows:
    def rows_written(self, store: SqliteStore, commit: RunCommit) -> int:
        before = store.sqlite._writer.total_changes
        store.commit(commit)
        return store.sqlite._writer.total_changes - before

    def test_rows_written_do_not_depend_on_the_size_of_the_run(self, opened: Open) -> None:
        store = opened()
        item = store.create(an_object("a"))
        step = RunCommit(uid=item.uid, nodes=[a_node("n0", 0)], phase="Running", data=b"d", performed=["c"])
        small = self.rows_written(store, step)
        store.commit(RunCommit(uid=item.uid, nodes=[a_node(f"n{number}", number) for number in range(5000)]))
        assert self.rows_written(store, step) == small <= 3

    def test_lists_never_touch_nodes(self, opened: Open) -> None:
        store = opened()
        item = store.create(an_object("a", labels={"x": "1"}))
        store.sqlite._writer.execute("DROP TABLE nodes")
        for options in (ListOptions(kind="Workflow"), ListOptions(kind="Workflow", labels={"x": "1"})):
            assert store.list(options).items == [item]

    def test_changes_are_found_by_their_version_alone(self, opened: Open, path: Path) -> None:
        store = opened()
        for number in range(5):
            store.create(an_object(f"a{number}"))
        asked: list[str] = []
        store.sqlite._writer.set_trace_callback(asked.append)
        assert [change.item.key.name for change in store.changes(4, kind="Workflow").items] == ["a4"]
        store.sqlite._writer.set_trace_callback(None)
        (walk,) = (sql for sql in asked if "FROM objects" in sql)
        plan = [str(row[3]) for row in query(path, f"EXPLAIN QUERY PLAN {walk}")]
        assert any("objects_version (resource_version>?)" in step for step in plan)
        assert not any("ORDER BY" in step for step in plan)


class TestBlobs:
    def blobs(self, path: Path) -> list[tuple[object, ...]]:
        return query(path, "SELECT size, uses FROM blobs ORDER BY size")

    def test_values_up_to_the_limit_stay_in_the_row(self, opened: Open, path: Path) -> None:
        store = opened()
        store.create(an_object("a", data=b"x" * 256 * 1024))
        assert self.blobs(path) == []
        store.create(an_object("b", data=b"x" * (256 * 1024 + 1)))
        assert self.blobs(path) == [(256 * 1024 + 1, 1)]

    def test_equal_values_are_kept_once(self, opened: Open, path: Path) -> None:
        store = opened()
        item = store.create(an_object("a", data=b"x" * LARGE))
        nodes = [a_node(f"n{number}", number, status=b"x" * LARGE, internal=b"x" * LARGE) for number in range(3)]
        store.commit(RunCommit(uid=item.uid, nodes=nodes, commands=[a_command("c", b"x" * LARGE)]))
        assert self.blobs(path) == [(LARGE, 8)]
        store.commit(RunCommit(uid=item.uid, nodes=nodes, data=b"x" * LARGE))
        assert self.blobs(path) == [(LARGE, 8)]

    def test_last_row_that_lets_go_removes_the_value(self, opened: Open, path: Path) -> None:
        store = opened()
        item = store.create(an_object("a"))
        for number in range(5):
            store.commit(RunCommit(uid=item.uid, data=b"%d" % number * LARGE))
        assert self.blobs(path) == [(LARGE, 1)]
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("n", 0, internal=b"4" * LARGE)]))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("c", b"4" * LARGE)], data=b""))
        assert self.blobs(path) == [(LARGE, 2)]
        store.commit(RunCommit(uid=item.uid, performed=["c"]))
        assert self.blobs(path) == [(LARGE, 1)]
        store.delete(item.key)
        assert self.blobs(path) == []

    def test_repeated_command_leaves_no_value_behind(self, opened: Open, path: Path) -> None:
        store = opened()
        item = store.create(an_object("a"))
        repeated = [a_command("c", b"1" * LARGE), a_command("c", b"2" * LARGE)]
        store.commit(RunCommit(uid=item.uid, commands=repeated))
        store.commit(RunCommit(uid=item.uid, commands=repeated[1:]))
        assert self.blobs(path) == [(LARGE, 1)]
        assert list(store.commands(item.uid)) == repeated[:1]

    def test_refused_object_leaves_no_value_behind(self, opened: Open, path: Path) -> None:
        store = opened()
        item = store.create(an_object("a"))
        with pytest.raises(Exception, match="already exists"):
            store.create(replace(item, data=b"x" * LARGE))
        assert self.blobs(path) == []
