"""Five minutes in which one of two servers on one PostgreSQL is killed every few seconds: nothing lost or doubled."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
from msgspec import Struct
from tests.contract.postgres import cluster

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


class Pair:
    """Two servers on one database and one data directory; a killed one is started again."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
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

    def kill(self, which: int) -> None:
        """``kill -9`` one of them, and start another in its place."""
        process, _ = self._running.pop(which)
        process.kill()
        process.communicate()
        self.start()

    def call(self, method: str, path: str, body: object = None) -> httpx.Response | None:
        """The answer of whichever server answers; None when none does."""
        for _, url in reversed(self._running):
            with contextlib.suppress(httpx.TransportError):
                return httpx.request(method, url + path, json=body, timeout=10)
        return None

    def end(self) -> None:
        """Stop both."""
        for process, _ in self._running:
            process.terminate()
        for process, _ in self._running:
            process.communicate()


@contextlib.contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Two servers whose pods may write into ``folder/out``."""
    with cluster() as postgres:
        out = folder / "out"
        out.mkdir()
        environment = {
            "TIPHYS_DATABASE_URL": postgres.url,
            "TIPHYS_HOST_PATHS": str(out),
            "TIPHYS_RUNTIME": "process",
            "LEADER_ELECTION_LEASE_DURATION": "2s",
        }
        made = Pair(folder / "home", environment)
        made.start()
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


def run(folder: Path, *, kills: int, seconds_between: float, seed: int = 1) -> Outcome:
    """Submit workflows all the time, kill one server after another, and look at what came of it."""
    out, chance = folder / "out", random.Random(seed)
    with pair(folder) as servers:
        submitted: list[str] = []
        killed = 0
        next_kill = time.monotonic() + seconds_between
        while killed < kills:
            name = f"chaos-{len(submitted)}"
            answer = servers.call("POST", _PATH, _body(name, out))
            if answer is not None and answer.status_code in (200, 409):  # 409: kept, but the answer was lost
                submitted.append(name)
            time.sleep(0.5)
            if time.monotonic() >= next_kill:
                servers.kill(chance.randrange(2))
                killed += 1
                next_kill = time.monotonic() + seconds_between
        phases = _settled(servers, len(submitted))
    begun, ended = (Counter((out / file).read_text(encoding="utf-8").split()) for file in ("begun", "ended"))
    wanted = {f"{name}-{pod}" for name in submitted for pod in range(_PODS)}
    return Outcome(
        submitted=len(submitted),
        kills=killed,
        phases=phases,
        lost=sorted(wanted - ended.keys()),
        doubled=sorted(name for name, count in begun.items() if count > 1),
    )


def _settled(servers: Pair, count: int) -> Counter[str]:
    """The phases of all workflows when all are over, or when patience is."""
    until, phases = time.monotonic() + _PATIENCE_SECONDS, Counter[str]()
    while time.monotonic() < until:
        answer = servers.call("GET", f"{_PATH}?fields=items.status.phase")
        if answer is not None and answer.is_success:
            phases = Counter(item["status"].get("phase", "") for item in answer.json()["items"] or ())
            if phases.keys() <= {"Succeeded", "Failed", "Error"} and phases.total() >= count:
                break
        time.sleep(0.5)
    return phases


def report(*, quick: bool = False) -> None:
    """Print what was lost and what was done twice."""
    kills, between = (4, 5.0) if quick else (60, 5.0)
    with tempfile.TemporaryDirectory() as place:
        found = run(Path(place), kills=kills, seconds_between=between)
    print(f"{found.submitted} workflows of {_PODS} pods, {found.kills} servers killed: {dict(found.phases)}")
    print(f"pods lost {len(found.lost)} {found.lost[:5]}, twice {len(found.doubled)} {found.doubled[:5]}   budget 0 0")
