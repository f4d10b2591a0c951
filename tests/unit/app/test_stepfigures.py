"""Figures over the steps of runs that are over."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services import stepfigures as module
from tiphys.app.services.archive import Archive
from tiphys.app.services.listing import Listing, Wanted
from tiphys.app.services.stepfigures import step_figures
from tiphys.ids import NodeName
from tiphys.ports.store import NodeRow, RunCommit, Times
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

CRON = {"workflows.argoproj.io/cron-workflow": "nightly"}


def node(name: str, took: int, phase: str = "Succeeded", kind: str = "Pod", **more: object) -> dict[str, object]:
    """A node ``run.NAME`` that took so many seconds."""
    return {
        "name": f"run.{name}",
        "id": f"id-{name}",
        "displayName": name,
        "type": kind,
        "phase": phase,
        "templateName": "work",
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": f"2026-01-01T00:00:{took:02}Z",
        **more,
    }


def attempt(name: str, number: int, phase: str) -> dict[str, object]:
    return node(f"{name}({number})", 2, phase, nodeFlag={"retried": True})


class World:
    """A store with an archive, and the figures of its steps."""

    def __init__(self) -> None:
        self.store = MemoryStore(VirtualClock())
        self.archive = Archive(self.store, on=True)

    def ended(self, name: str, *nodes: dict[str, object], minute: int = 0, archived: bool = False) -> None:
        stored = an_object(name, minutes=minute, phase="Succeeded", data=b"{}", labels=CRON)
        stored = replace(stored, times=Times(started=stored.created_at, finished=stored.created_at + timedelta(1)))
        self.store.create(stored)
        rows = [
            NodeRow(name=NodeName(str(each["name"])), sequence=at, status=json.dumps(each).encode(), internal=b"{}")
            for at, each in enumerate(nodes)
        ]
        self.store.commit(RunCommit(uid=stored.uid, nodes=rows))
        if archived:
            self.archive.keep(stored)
            self.store.delete(stored.key)

    def figures(self) -> Any:
        return step_figures(Listing(self.store, self.archive), Wanted())


def test_the_slowest_steps_come_first_whether_live_or_archived() -> None:
    world = World()
    world.ended("old", node("load(0:eu)", 4), node("load(1:us)", 8), archived=True)
    world.ended("new", node("load(0:eu)", 2), node("check", 9), node("group", 50, kind="DAG"), minute=1)
    found = world.figures()
    assert (found["runs"], found["nodes"], found["cut"]) == (2, 5, False)
    told = [(step["origin"], step["name"], step["runs"], step["median"], step["total"]) for step in found["slowest"]]
    assert told == [("nightly", "check", 1, 9, 9), ("nightly", "load", 3, 4, 14)]
    where = found["slowest"][1]["slowest"]
    assert (where["name"], where["archived"], where["nodeId"]) == ("old", True, "id-load(1:us)")
    assert found["flaky"] == []


def test_steps_that_fail_or_need_another_attempt_are_flaky() -> None:
    world = World()
    again = [node("train", 5, kind="Retry"), attempt("train", 0, "Failed"), attempt("train", 1, "Succeeded")]
    once = [node("train", 2, kind="Retry"), attempt("train", 0, "Succeeded")]
    lost = [node("train", 5, "Failed", kind="Retry"), attempt("train", 0, "Failed"), attempt("train", 1, "Error")]
    world.ended("a", *again, node("send", 1, "Failed"), node("skip", 0, "Skipped"))
    world.ended("b", *once, node("send", 1), minute=1)
    world.ended("c", *lost, node("fine", 1), minute=2)
    found = world.figures()
    told = [(step["name"], step["runs"], step["failed"], step["retried"], step["saved"]) for step in found["flaky"]]
    assert told == [("train", 3, 1, 2, 1), ("send", 2, 1, 0, 0)]
    assert found["flaky"][0]["failure"]["name"] == "c"
    assert found["saved"] == 1


def test_the_entry_is_called_as_its_template() -> None:
    world = World()
    for name in ("w-1", "w-2"):
        world.ended(name, {**node(name, 3), "name": name})
    assert [(step["name"], step["runs"]) for step in world.figures()["slowest"]] == [("work", 2)]


def test_what_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for minute in range(3):
        world.ended(f"w{minute}", node("a", minute), node("b", 1), minute=minute)
    monkeypatch.setattr(module, "NODES", 4)
    found = world.figures()
    assert (found["cut"], found["runs"], found["slowest"][0]["median"]) == (True, 2, 1)
