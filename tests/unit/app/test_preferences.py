"""What people chose in the UI."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.preferences import LIMIT, Preferences
from tiphys.errors import UsageError
from tiphys.ports.identity import OWNER, service_account
from tiphys.testing.clock import VirtualClock


def preferences() -> Preferences:
    clock = VirtualClock()
    return Preferences(MemoryStore(clock), clock)


def test_values_are_kept_replaced_and_forgotten() -> None:
    kept = preferences()
    assert kept.all(OWNER) == {}
    kept.keep(OWNER, "views", {"mine": {"phase": ["Failed"]}})
    kept.keep(OWNER, "columns", ["from"])
    kept.keep(OWNER, "columns", ["message", "from"])
    assert kept.all(OWNER) == {"views": {"mine": {"phase": ["Failed"]}}, "columns": ["message", "from"]}
    kept.keep(OWNER, "views", None)
    assert kept.all(OWNER) == {"columns": ["message", "from"]}


def test_people_of_one_account_do_not_share_theirs() -> None:
    kept = preferences()
    account = service_account("argo", "team")
    ana = replace(account, claims={"iss": "https://sso.example", "sub": "ana"})
    bob = replace(account, claims={"iss": "https://sso.example", "sub": "bob"})
    kept.keep(ana, "columns", ["from"])
    assert kept.all(ana) == {"columns": ["from"]}
    assert kept.all(bob) == {}
    assert kept.all(account) == {}


@pytest.mark.parametrize("name", ["", "Views", "a/b", "1", "x" * 64])
def test_names_are_plain_words(name: str) -> None:
    with pytest.raises(UsageError, match="not a name"):
        preferences().keep(OWNER, name, 1)


def test_nobody_fills_the_store() -> None:
    kept = preferences()
    kept.keep(OWNER, "large", "x" * (LIMIT // 2))
    with pytest.raises(UsageError, match="256 KiB"):
        kept.keep(OWNER, "larger", "x" * (LIMIT // 2))
    assert list(kept.all(OWNER)) == ["large"]
