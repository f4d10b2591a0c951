"""What is done without a container engine."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tiphys.adapters.runtimes.container import launcher
from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.supervisor.records import PodRecord
from tiphys.errors import PodRuntimeError


def test_an_engine_that_does_not_answer_is_said_and_leaves_nothing_open(tmp_path: Path) -> None:
    pytest.importorskip("docker")
    with pytest.raises(PodRuntimeError, match=r"no container engine answers at unix://.*No such file or directory"):
        Engine(f"unix://{tmp_path}/none.sock")
    gc.collect()  # a socket that was left open is an error here


def test_a_pod_that_no_engine_ran_asks_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def asked(address: str) -> Engine:
        raise AssertionError(f"asked the engine at {address!r}")

    monkeypatch.setattr(launcher, "Engine", asked)
    launcher.discard(PodRecord(uid="u", node_id="n", pod_name="p"), str(tmp_path))
