"""Every store keeps the contract of ``ports/store.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.postgres import Cluster, cluster

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.ports.store import Store
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.asking import AskingContract
from tiphys.testing.contracts.store import LastingStoreContract, StoreContract


class TestMemoryStore(StoreContract, AskingContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore(VirtualClock())


class TestSqliteStore(StoreContract, AskingContract, LastingStoreContract):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Iterator[Callable[[], Store]]:
        opened: list[Store] = []

        def reopen() -> Store:
            opened.append(SqliteStore(tmp_path / "home" / "tiphys.db", VirtualClock()))
            return opened[-1]

        yield reopen
        for store in opened:
            store.close()

    @pytest.fixture
    def store(self, reopen: Callable[[], Store]) -> Store:
        return reopen()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


class TestPostgresStore(StoreContract, AskingContract, LastingStoreContract):
    @pytest.fixture
    def reopen(self, postgres: Cluster) -> Iterator[Callable[[], Store]]:
        from tiphys.adapters.stores.sql.postgres.store import PostgresStore

        opened: list[Store] = []
        url = postgres.emptied()

        def reopen() -> Store:
            opened.append(PostgresStore(url, VirtualClock(), server=f"server-{len(opened)}"))
            return opened[-1]

        yield reopen
        for store in opened:
            store.close()

    @pytest.fixture
    def store(self, reopen: Callable[[], Store]) -> Store:
        return reopen()
