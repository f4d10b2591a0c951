"""What only PostgreSQL does: leases that end, a database that is away, errors without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.contract.postgres import Cluster, cluster

from tiphys.adapters.stores.sql.postgres.store import PostgresStore
from tiphys.errors import StoreError, UnavailableError, UsageError
from tiphys.ports.store import ListOptions, RunCommit
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

Opener = Callable[[str], PostgresStore]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture
def server(postgres: Cluster) -> Iterator[Opener]:
    opened: list[PostgresStore] = []
    url = postgres.emptied()

    def server(name: str) -> PostgresStore:
        opened.append(PostgresStore(url, VirtualClock(), server=name))
        return opened[-1]

    yield server
    for store in opened:
        store.close()


def end_lease(postgres: Cluster, server: str) -> None:
    """What comes of a server that hangs for long enough."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("UPDATE tiphys.servers SET until = now() - interval '1 s' WHERE id = %s", (server,))


def test_a_run_is_taken_over_when_its_server_is_silent_and_the_old_one_can_write_no_more(
    postgres: Cluster, server: Opener
) -> None:
    first, second = server("first"), server("second")
    item = first.create(an_object("a"))
    assert first.claim(item.uid)
    assert not second.claim(item.uid)
    end_lease(postgres, "first")
    assert second.claim(item.uid)
    with pytest.raises(StoreError, match="taken the workflow over"):
        first.commit(RunCommit(uid=item.uid, data=b"late", phase="Failed"))
    assert second.get(item.key) == item
    second.commit(RunCommit(uid=item.uid, data=b"new"))
    first.release(item.uid)  # it is not the first one's to give
    assert not server("third").claim(item.uid)


def test_a_server_that_was_silent_goes_on_where_nobody_came(postgres: Cluster, server: Opener) -> None:
    first = server("first")
    item = first.create(an_object("a"))
    assert first.claim(item.uid)
    end_lease(postgres, "first")
    assert first.commit(RunCommit(uid=item.uid, data=b"late")) > item.resource_version


def test_a_store_goes_on_when_the_database_is_back(postgres: Cluster, server: Opener) -> None:
    store = server("first")
    item = store.create(an_object("a"))
    assert store.claim(item.uid)
    postgres.stop("immediate")
    try:
        for call in (lambda: store.get(item.key), lambda: store.commit(RunCommit(uid=item.uid))):
            with pytest.raises(UnavailableError):
                call()
        store.release(item.uid)  # the claim ends with the lease
    finally:
        postgres.start()
    assert store.get(item.key) == item
    assert store.claim(item.uid)
    assert store.commit(RunCommit(uid=item.uid, data=b"on")) > item.resource_version


def test_servers_may_make_the_tables_at_once(server: Opener) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(server, ["a", "b", "c", "d"]))
    for number, store in enumerate(stores):
        store.create(an_object(f"w{number}"))
    versions = [item.resource_version for item in stores[0].list(ListOptions(kind="Workflow")).items]
    assert sorted(versions) == [1, 2, 3, 4]


def test_tables_of_a_newer_tiphys_are_left_alone(postgres: Cluster, server: Opener) -> None:
    server("first").close()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("INSERT INTO tiphys.migrations VALUES (99, 'from the future', '')")
    with pytest.raises(StoreError, match="newer Tiphys"):
        server("second")


@pytest.mark.parametrize("url", ["nonsense", "postgresql://me:hunter2@[/db", "mysql://me:hunter2@db/x"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        PostgresStore(url, VirtualClock(), server="a")
    assert "hunter2" not in str(caught.value)


def test_a_password_is_in_no_error() -> None:
    with pytest.raises(UnavailableError) as caught:
        PostgresStore("postgresql://me:hunter2@127.0.0.1:1/db", VirtualClock(), server="a")
    assert caught.value.where == "postgresql://127.0.0.1:1/db"
    assert "hunter2" not in str(caught.value)


def test_a_text_that_postgresql_cannot_hold_is_refused_and_nothing_is_written(server: Opener) -> None:
    store = server("a")
    with pytest.raises(StoreError, match="NUL"):
        store.create(an_object("a", labels={"x": "\x00"}))
    assert store.list(ListOptions(kind="Workflow")).items == []
