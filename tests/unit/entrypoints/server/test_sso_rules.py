"""Login rule × namespace rule × precedence: whoever fits nothing is refused, and nothing breaks (S19)."""

from __future__ import annotations

import msgspec
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.adapters.system import SystemClock
from tiphys.entrypoints.server.auth.sso.rules import PRECEDENCE, RULE, AccountRules
from tiphys.errors import ForbiddenError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject


def store_with(*accounts: tuple[str, str, str, str]) -> MemoryStore:
    store = MemoryStore(SystemClock())
    for namespace, name, rule, precedence in accounts:
        annotations = {RULE: rule, **({PRECEDENCE: precedence} if precedence else {})}
        manifest = {"metadata": {"name": name, "namespace": namespace, "annotations": annotations}}
        store.create(
            StoredObject(
                key=ObjectKey("ServiceAccount", namespace, name, ""),
                uid=WorkflowUid(f"{namespace}-{name}"),
                resource_version=0,
                created_at=SystemClock().now(),
                labels={},
                phase="",
                data=msgspec.json.encode(manifest),
            )
        )
    return store


@pytest.mark.parametrize(
    ("login", "own", "delegate", "who"),
    [
        (None, None, True, None),
        (None, ("true", "9"), True, None),
        (("true", "1"), None, True, ("argo", "login")),
        (("true", "1"), ("true", "2"), True, ("team", "own")),
        (("true", "2"), ("true", "2"), True, ("argo", "login")),
        (("true", "1"), ("false", "2"), True, ("argo", "login")),
        (("true", "1"), ("true", "2"), False, ("argo", "login")),
        (("false", "1"), ("true", "2"), True, None),
        (("nope(", "1"), None, True, None),
        (("1 + 1", "1"), None, True, None),
        (("true", "many"), None, True, None),
        (("true", "1"), ("unknown.x.y", "2"), True, None),
        (("true", ""), ("true", "1"), True, ("team", "own")),
    ],
)
def test_every_combination(
    login: tuple[str, str] | None, own: tuple[str, str] | None, delegate: bool, who: tuple[str, str] | None
) -> None:
    accounts = [("argo", "login", *login)] if login else []
    accounts += [("team", "own", *own)] if own else []
    rules = AccountRules(store_with(*accounts), "argo", delegate=delegate)
    if who is None:
        with pytest.raises(ForbiddenError, match=r"^not allowed"):
            rules.account({"groups": []}, "team")
    else:
        assert rules.account({"groups": []}, "team").service_account == who
