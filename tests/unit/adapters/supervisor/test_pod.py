"""What becomes of a pod, with containers that only say how they ended."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tiphys.adapters.supervisor.launcher import End
from tiphys.adapters.supervisor.pod import Pod
from tiphys.adapters.supervisor.records import Action, ContainerPlan, PodPlan, PodRecord, ProbeRecord, ProcessLaunch


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


class Living(Told):
    """A container that does not end; what is asked of it is done at once."""

    def __init__(self) -> None:
        super().__init__(End(code=0, reason="", message=""))
        self.later: list[Callable[[], object]] = []
        self.codes: list[int] = []

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None: ...

    def after(self, seconds: float, callback: Callable[[], object]) -> None:
        self.later.append(callback)

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None:
        self.codes.append(work())
        callback(self.codes[-1])


def test_a_probe_without_a_host_asks_at_the_address_of_the_pod(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:  # not there at 127.0.0.1
        action = Action(address=("", listener.getsockname()[1]))
        ready = ProbeRecord(action=action, delay=0.0, period=1.0, timeout=5.0, successes=1, failures=1)
        launch = ProcessLaunch(argv=("x",), env={}, cwd="/", program="x", sandboxed=True)
        main = ContainerPlan(name="main", role="main", launch=launch, readiness=ready)
        living = Living()
        plan = PodPlan(uid="u", node_id="n", pod_name="p", containers=(main,), address="127.0.0.2")
        pod = Pod(plan, str(tmp_path), living, lambda _: living, lambda _: None)
        pod.begin()
        for callback in list(living.later):
            callback()
        assert living.codes == [0]
        assert pod.containers[0].state.ready
