"""What becomes of a pod, with containers that only say how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tiphys.adapters.supervisor.launcher import End
from tiphys.adapters.supervisor.pod import Pod
from tiphys.adapters.supervisor.records import ContainerPlan, PodPlan, PodRecord, ProcessLaunch


class Told:
    """A container, its launcher and the loop in one: it ends as soon as it was started."""

    def __init__(self, end: End) -> None:
        self._end = end
        self.spawned = 0

    # --- Launcher

    def prepare(self, plan: PodPlan, directory: str) -> None: ...

    def body(self, plan: PodPlan, container: ContainerPlan, host: object, directory: str) -> Told:
        return self

    def tidy(self, plan: PodPlan, *, failed: bool) -> None: ...

    def lose(self, record: PodRecord, directory: str) -> None: ...

    # --- Body

    def spawn(self, stdout: int, stderr: int, begun: Callable[[], None]) -> int:
        self.spawned += 1
        begun()
        return 1

    def terminate(self) -> bool:
        return True

    def kill(self) -> None: ...

    def screen(self, data: bytes) -> bytes:
        return data

    def settle(self, code: int, done: Callable[[End], None]) -> None:
        done(self._end)

    def enter(self, argv: Sequence[str]) -> int:
        return 0

    def process(self) -> int:
        return 0

    def address(self) -> str:
        return ""

    # --- Host

    def now(self) -> float:
        return 1.0

    def watch(self, fd: int, callback: Callable[[], object]) -> None: ...

    def unwatch(self, fd: int) -> None: ...

    def after(self, seconds: float, callback: Callable[[], object]) -> None: ...

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None:
        callback(0)

    def adopted(self) -> set[int]:
        return set()

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None: ...


def ended(tmp_path: Path, end: End) -> tuple[Pod, Told]:
    launch = ProcessLaunch(argv=("x",), env={}, cwd="/", program="x", sandboxed=True)
    plan = PodPlan(
        uid="u",
        node_id="n",
        pod_name="p",
        containers=(ContainerPlan(name="main", role="main", launch=launch, attempts=3),),
    )
    told = Told(end)
    pod = Pod(plan, str(tmp_path), told, lambda _: told, lambda _: None)
    pod.begin()
    return pod, told


@pytest.mark.parametrize(("code", "phase"), [(0, "Succeeded"), (128, "Error")])
def test_an_end_that_nobody_knows_is_an_error_and_no_attempt(tmp_path: Path, code: int, phase: str) -> None:
    end = End(code=code, reason="Error", message="the engine is gone" if code else "", fault=code != 0)
    pod, told = ended(tmp_path, end)
    assert (pod.state().phase, told.spawned) == (phase, 1)
    assert pod.state().message == ("main: the engine is gone" if code else "")
