"""Five minutes in which something is killed every few seconds: nothing lost, nothing doubled.

Three stories: one of two servers on one PostgreSQL is killed, the only server on SQLite is killed, and PostgreSQL
itself is stopped and started, sometimes as by a crash, below two servers that go on.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
from msgspec import Struct
from tests.contract.postgres import Cluster, cluster

_PATH = "/api/v1/workflows/default"
_PODS = 3
_PATIENCE_SECONDS = 120


class Outcome(Struct):
    """What came of it: workflows by phase, and pods that began never or more than once."""

    submitted: int
    kills: int
    phases: Counter[str]
    lost: list[str]
    doubled: list[str]


class Servers:
    """Servers on one database and one data directory; a killed one is started again."""

    def __init__(self, home: Path, environment: Mapping[str, str], postgres: Cluster | None = None) -> None:
        self.postgres = postgres
        self._home = home
        self._environment = {**os.environ, **environment}
        self._running: list[tuple[subprocess.Popen[str], str]] = []

    def start(self) -> None:
        """Start one more."""
        options = ["--port", "0", "--auth-mode", "server", "--api-rate-limit", "0", "--loglevel", "error"]
        command = [sys.executable, "-m", "tiphys", "server", "--home", str(self._home), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment)
        assert process.stdout is not None
        self._running.append((process, process.stdout.readline().split()[-1].rstrip("/")))

    def kill(self, chance: random.Random) -> None:
        """``kill -9`` one of them, and start another in its place."""
        process, _ = self._running.pop(chance.randrange(len(self._running)))
        process.kill()
        process.communicate()
        self.start()

    def interrupt(self, chance: random.Random) -> None:
        """Stop PostgreSQL, in a good way or a bad one, and start it again."""
        assert self.postgres is not None
        self.postgres.stop(chance.choice(("fast", "immediate")))
        time.sleep(chance.random())
        self.postgres.start()

    def call(self, method: str, path: str, body: object = None) -> httpx.Response | None:
        """The answer of whichever server answers; None when none does."""
        for _, url in reversed(self._running):
            with contextlib.suppress(httpx.TransportError):
                return httpx.request(method, url + path, json=body, timeout=10)
        return None

    def end(self) -> None:
        """Stop all."""
        for process, _ in self._running:
            process.terminate()
        for process, _ in self._running:
            process.communicate()


@contextlib.contextmanager
def servers(folder: Path, count: int) -> Iterator[Servers]:
    """Servers whose pods may write into ``folder/out``; one is on SQLite, several are on one PostgreSQL."""
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(cluster()) if count > 1 else None
        out = folder / "out"
        out.mkdir()
        environment = {
            "TIPHYS_HOST_PATHS": str(out),
            "TIPHYS_RUNTIME": "process",
            "LEADER_ELECTION_LEASE_DURATION": "2s",
        }
        if postgres is not None:
            environment["TIPHYS_DATABASE_URL"] = postgres.url
        made = Servers(folder / "home", environment, postgres)
        for _ in range(count):
            made.start()
        try:
            yield made
        finally:
            made.end()


def _body(name: str, out: Path) -> object:
    words = f"{name}-{{{{inputs.parameters.n}}}}"
    script = f"echo {words} >> /out/begun; sleep 0.3; echo {words} >> /out/ended"
    mounts = [{"name": "out", "mountPath": "/out"}]
    pod = {
        "name": "pod",
        "inputs": {"parameters": [{"name": "n"}]},
        "container": {"image": "none", "command": ["sh", "-c", script], "volumeMounts": mounts},
    }
    arguments = {"parameters": [{"name": "n", "value": "{{item}}"}]}
    step = {"name": "step", "template": "pod", "withSequence": {"count": str(_PODS)}, "arguments": arguments}
    volumes = [{"name": "out", "hostPath": {"path": str(out)}}]
    spec = {"entrypoint": "main", "volumes": volumes, "templates": [{"name": "main", "steps": [[step]]}, pod]}
    return {"workflow": {"metadata": {"name": name}, "spec": spec}}


class Story(Struct, frozen=True):
    """What happens to how many servers."""

    name: str
    count: int
    happen: Callable[[Servers, random.Random], None]


KILLED = Story("two servers on PostgreSQL, killed", 2, Servers.kill)
STORIES = (
    KILLED,
    Story("one server on SQLite, killed", 1, Servers.kill),
    Story("PostgreSQL stopped and started below two servers", 2, Servers.interrupt),
)


def run(folder: Path, story: Story, *, kills: int, seconds_between: float, seed: int = 1) -> Outcome:
    """Submit workflows all the time, let it happen again and again, and look at what came of it."""
    out, chance = folder / "out", random.Random(seed)
    with servers(folder, story.count) as running:
        submitted: list[str] = []
        killed = 0
        next_kill = time.monotonic() + seconds_between
        while killed < kills:
            name = f"chaos-{len(submitted)}"
            answer = running.call("POST", _PATH, _body(name, out))
            if answer is not None and answer.status_code in (200, 409):  # 409: kept, but the answer was lost
                submitted.append(name)
            time.sleep(0.5)
            if time.monotonic() >= next_kill:
                story.happen(running, chance)
                killed += 1
                next_kill = time.monotonic() + seconds_between
        phases = _settled(running, len(submitted))
    begun, ended = (Counter((out / file).read_text(encoding="utf-8").split()) for file in ("begun", "ended"))
    wanted = {f"{name}-{pod}" for name in submitted for pod in range(_PODS)}
    return Outcome(
        submitted=len(submitted),
        kills=killed,
        phases=phases,
        lost=sorted(wanted - ended.keys()),
        doubled=sorted(name for name, count in begun.items() if count > 1),
    )


def _settled(running: Servers, count: int) -> Counter[str]:
    """The phases of all workflows when all are over, or when patience is."""
    until, phases = time.monotonic() + _PATIENCE_SECONDS, Counter[str]()
    while time.monotonic() < until:
        answer = running.call("GET", f"{_PATH}?fields=items.status.phase")
        if answer is not None and answer.is_success:
            phases = Counter(item["status"].get("phase", "") for item in answer.json()["items"] or ())
            if phases.keys() <= {"Succeeded", "Failed", "Error"} and phases.total() >= count:
                break
        time.sleep(0.5)
    return phases


def report(*, quick: bool = False) -> None:
    """Print what was lost and what was done twice."""
    kills, between = (4, 5.0) if quick else (60, 5.0)
    for story in STORIES:
        with tempfile.TemporaryDirectory() as place:
            found = run(Path(place), story, kills=kills, seconds_between=between)
        print(f"{story.name}: {found.submitted} workflows of {_PODS} pods, {found.kills} times: {dict(found.phases)}")
        lost, doubled = found.lost, found.doubled
        print(f"pods lost {len(lost)} {lost[:5]}, twice {len(doubled)} {doubled[:5]}   budget 0 0", flush=True)
