"""Names of locks."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tiphys.core.locking.names import LockError, holder_key, is_mutex, locks_of, places, shown
from tiphys.core.manifest.model.strategy import Synchronization


def wanted(**fields: Any) -> Synchronization:
    return msgspec.convert(fields, Synchronization)


def test_names_are_those_of_argo() -> None:
    found = locks_of(
        wanted(
            semaphores=[
                {"configMapKeyRef": {"name": "cm", "key": "k"}},
                {"database": {"key": "d"}, "namespace": "other"},
            ],
            mutexes=[{"name": "m"}, {"name": "m", "database": True}, {"name": "m", "namespace": "other"}],
        ),
        "ns",
    )
    assert [ref.shown for ref in found] == [
        "ns/ConfigMap/cm/k",
        "other/Database/d",
        "ns/Mutex/m",
        "ns/Database/m",
        "other/Mutex/m",
    ]
    assert [is_mutex(ref.id) for ref in found] == [False, False, True, True, True]
    assert [ref.id for ref in found[1::2]] == ["sem/other/d", "mtx/ns/m"]


def test_a_mutex_and_a_semaphore_of_one_name_are_two_locks() -> None:
    found = locks_of(wanted(semaphores=[{"database": {"key": "x"}}], mutexes=[{"name": "x", "database": True}]), "ns")
    assert [ref.shown for ref in found] == ["ns/Database/x", "ns/Database/x"]
    assert len({ref.id for ref in found}) == 2


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"mutexes": [{"name": "m"}, {"name": "m", "namespace": "ns"}]}, "duplicate synchronization item found"),
        (
            {"semaphores": [{"configMapKeyRef": {"name": "c", "key": "k"}, "database": {"key": "d"}}]},
            "invalid semaphore with both ConfigMapKeyRef and Database",
        ),
        ({"semaphores": [{}]}, "cannot get LockName for a Semaphore without a ConfigMapRef or Database"),
    ],
)
def test_what_is_no_lock(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(LockError) as raised:
        locks_of(wanted(**fields), "ns")
    assert str(raised.value) == f"requested configuration is invalid: {text}"


def test_names_of_holders_and_places() -> None:
    assert [holder_key("ns", "wf", holder) for holder in ("", "*", "wf-1")] == ["ns/wf", "ns/wf", "ns/wf/wf-1"]
    assert [ref.id for ref in places("ns")] == ["//workflows", "//workflows/ns"]
    assert shown("//workflows/ns") == "//workflows/ns"
