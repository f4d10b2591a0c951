"""200 watchers for ten minutes with 50 workflows a minute: no event is missed, and the server's memory stays flat."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct, field

_PATH = "/api/v1/workflows/default"
_SPEC = {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "none", "command": ["true"]}}]}
_FIELDS = "result.type,result.object.metadata.name,result.object.metadata.resourceVersion,result.object.status.phase"
_LOOK_SECONDS = 0.2
#: So long nobody sees anything before those who have not seen the end have missed it.
_PATIENCE_SECONDS = 60


class _Meta(Struct, rename="camel"):
    name: str
    resource_version: str


class _Status(Struct):
    phase: str = ""


class _Object(Struct):
    metadata: _Meta
    status: _Status = field(default_factory=_Status)


class _Result(Struct):
    type: str
    object: _Object


class _Error(Struct):
    message: str


class _Frame(Struct):
    result: _Result | None = None
    error: _Error | None = None


class Seen(Struct, frozen=True):
    """One event as a watcher saw it."""

    type: str
    name: str
    version: int
    phase: str


class Outcome(Struct):
    """What came of a load: the sequence of each watcher, and the server's memory in KiB over time.

    ``broken`` watches ended without a word; those ``cut_off`` were told why, and were opened again.
    """

    sequences: list[list[Seen]]
    submitted: list[str]
    memory: list[int]
    opened: int = 0
    broken: int = 0
    cut_off: list[str] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many events were seen by all together."""
        return sum(map(len, self.sequences))

    @property
    def missed(self) -> int:
        """How many of all (watcher, workflow) lack the beginning or the end."""
        lost = 0
        for sequence in self.sequences:
            begun = {seen.name for seen in sequence if seen.type == "ADDED"}
            ended = {seen.name for seen in sequence if seen.phase == "Succeeded"}
            lost += sum(1 for name in self.submitted if name not in begun or name not in ended)
        return lost

    @property
    def different(self) -> int:
        """How many watchers saw another sequence than the first one."""
        return sum(1 for sequence in self.sequences if sequence != self.sequences[0])

    @property
    def unordered(self) -> int:
        """How many events are older than the one before them."""
        return sum(1 for found in self.sequences for one, two in itertools.pairwise(found) if two.version < one.version)


class Server(Struct, frozen=True):
    """A server that lets everybody in: its address, its process and the file with what it complains of."""

    url: str
    process: subprocess.Popen[str]
    complaints: Path

    def memory(self) -> int:
        """What it holds in memory, in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


@contextlib.contextmanager
def server(home: Path) -> Iterator[Server]:
    """A server of its own, in its data directory."""
    options = ["--port", "0", "--auth-mode", "server", "--api-rate-limit", "0", "--loglevel", "warn"]
    command = [sys.executable, "-m", "tiphys", "server", "--home", str(home), *options]
    home.mkdir(exist_ok=True)
    complaints = home / "stderr"
    with (
        complaints.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield Server(process.stdout.readline().split()[-1].rstrip("/"), process, complaints)
        finally:
            process.terminate()
            process.wait()


async def load(at: Server, *, watchers: int, workflows: int, seconds_between: float) -> Outcome:
    """Submit workflows evenly while others watch, and wait until everybody has seen the end of the last one.

    As long as events come nobody has missed anything: a loaded machine is slow.  Whoever has not seen the end when
    nobody has seen anything for a while has missed it.
    """
    found = Outcome([[] for _ in range(watchers)], [], [])
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=at.url, timeout=None, limits=limits) as client:
        tasks = [asyncio.create_task(_watch(client, found, number)) for number in range(watchers)]
        # What is there before a watch has no order.
        await _until(lambda: found.opened == watchers or any(task.done() for task in tasks), lambda: found.opened)
        begin = time.monotonic()
        for number in range(workflows):
            await asyncio.sleep(max(0.0, begin + number * seconds_between - time.monotonic()))
            body = {"workflow": {"metadata": {"name": f"load-{number}"}, "spec": _SPEC}}
            (await client.post(_PATH, json=body)).raise_for_status()
            found.submitted.append(f"load-{number}")
            found.memory.append(at.memory())
        ended = [_Ended(sequence) for sequence in found.sequences]
        await _until(lambda: all(each.count() >= workflows for each in ended), lambda: found.events)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return found


async def _until(holds: Callable[[], bool], moved: Callable[[], int]) -> None:
    """Wait until something holds, or until nothing has moved for as long as patience lasts."""
    seen, end = moved(), time.monotonic() + _PATIENCE_SECONDS
    while not holds() and time.monotonic() < end:
        await asyncio.sleep(_LOOK_SECONDS)
        if moved() != seen:
            seen, end = moved(), time.monotonic() + _PATIENCE_SECONDS


class _Ended:
    """Counts the workflows whose end a watcher has seen; looks at each event once."""

    def __init__(self, sequence: list[Seen]) -> None:
        self._sequence = sequence
        self._names: set[str] = set()
        self._looked = 0

    def count(self) -> int:
        new = self._sequence[self._looked :]
        self._looked += len(new)
        self._names.update(seen.name for seen in new if seen.phase == "Succeeded")
        return len(self._names)


async def _watch(client: httpx.AsyncClient, found: Outcome, number: int) -> None:
    """Watch as clients do: whoever is cut off begins again with the present state."""
    while True:
        async with client.stream("GET", "/api/v1/workflow-events/default", params={"fields": _FIELDS}) as answer:
            answer.raise_for_status()
            found.opened += 1
            why = await _follow(answer, found.sequences[number])
        if why is None:
            found.broken += 1  # a watch ends only when it is ended
            return
        found.cut_off.append(why)


async def _follow(answer: httpx.Response, into: list[Seen]) -> str | None:
    """Note what a watch tells until it ends; the text of its error, or None when it said nothing."""
    decoder = msgspec.json.Decoder(_Frame)
    async for line in _lines(answer):
        frame = decoder.decode(line)
        if frame.result is None:
            return frame.error.message if frame.error is not None else line
        meta = frame.result.object.metadata
        version, phase = int(meta.resource_version), frame.result.object.status.phase
        into.append(Seen(frame.result.type, meta.name, version, phase))
    return None


async def _lines(answer: httpx.Response) -> AsyncIterator[str]:
    async for line in answer.aiter_lines():
        if line:
            yield line


def report(*, quick: bool = False, minutes: int = 10) -> None:
    """Print what was missed, and how the memory grew after the first tenth."""
    watchers, minutes, rate = (50, 1, 50) if quick else (200, minutes, 50)
    with tempfile.TemporaryDirectory() as place:
        with server(Path(place)) as at:
            found = asyncio.run(load(at, watchers=watchers, workflows=minutes * rate, seconds_between=60 / rate))
        code, complaints = at.process.returncode, at.complaints.read_text(encoding="utf-8")[-2000:]
    warm = found.memory[len(found.memory) // 10]
    print(f"{watchers} watchers, {len(found.submitted)} workflows, {found.events} events")
    print(f"missed {found.missed}, sequences that differ {found.different}, out of order {found.unordered}")
    print(f"watches that broke {found.broken}   budget 0 0 0 0")
    print(f"watches that were cut off and opened again {len(found.cut_off)} {found.cut_off[:1]}")
    grown = found.memory[-1] / warm
    print(f"memory {warm / 1024:.0f} MiB, at the end {found.memory[-1] / 1024:.0f} MiB, ratio {grown:.2f}   budget 1.3")
    print(f"exit code of the server {code}, its complaints: {complaints or 'none'}")
