"""Record histories for ``tests/replay``: run manifests with made-up pods and write down what the engine decides.

Usage: python tools/record_history.py tests/replay/manifests/NAME.yaml [...]

A manifest's annotation ``tiphys.dev/pods`` says what becomes of its pods: a JSON map from node name to exit code, or to
``lost``; daemons are up at once, the others end well.  ``tiphys.dev/shutdown`` names a strategy that is asked for after the first pod ended.
Existing histories are never written again: they are what earlier versions decided.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tiphys.core.engine.commands import KillPod, StartPod
from tiphys.core.engine.events import Container, Event, PodChanged, ShutdownRequested
from tiphys.core.engine.run import Run
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.testing.history import History, Moment, moment

STARTED = datetime(2026, 1, 1, 12, tzinfo=UTC)
LONGEST = 200


def main(files: list[str]) -> int:
    """Record every manifest that has no history yet."""
    for file in map(Path, files):
        target = file.parents[1] / "histories" / f"{file.stem}.json"
        if target.exists():
            print(f"{target} exists")
            continue
        loaded = load(file.read_text(), file.name)
        manifest = loaded.documents[0].manifest if loaded.documents else None
        if not isinstance(manifest, Workflow):
            print(f"{file} is no Workflow: {loaded.diagnostics}", file=sys.stderr)
            return 1
        empty = History(workflow=msgspec.json.decode(msgspec.json.encode(manifest)), started=STARTED, moments=())
        history = msgspec.structs.replace(empty, moments=tuple(_moments(empty, manifest)))
        text = msgspec.json.format(msgspec.json.encode(history), indent=1)
        target.write_bytes(text + b"\n")
        print(f"{target}: {len(history.moments)} moments, {len(text):,} bytes")
    return 0


def _moments(history: History, manifest: Workflow) -> Iterator[Moment]:
    """One pod is told of at a time: that it runs, then that it ended; without pods time passes."""
    annotations = (manifest.metadata.annotations if manifest.metadata is not None else None) or {}
    fates = json.loads(annotations.get("tiphys.dev/pods", "{}"))
    strategy = annotations.get("tiphys.dev/shutdown")
    run, now = Run.start(history.plan(), STARTED), STARTED
    events: list[Event] = []
    running: dict[str, StartPod] = {}
    for _ in range(LONGEST):
        step = run.advance(events, now)
        yield moment(now, events, step)
        if step.finished:
            return
        for command in step.commands:
            if isinstance(command, StartPod):
                running[command.node_id] = command
            elif isinstance(command, KillPod):
                running.pop(command.node_id, None)
        events = []
        if running:
            node, command = next(iter(running.items()))
            del running[node]
            now += timedelta(seconds=2)
            began = PodChanged(node_id=command.node_id, phase="Running")
            events = [_up(command)] if command.template.get("daemon") else [began, _end(command, fates, now)]
            if strategy is not None:
                events.append(ShutdownRequested(strategy))
                strategy = None
        elif step.wake_at is not None:
            now = step.wake_at
    raise SystemExit(f"the run does not end within {LONGEST} steps")


def _up(command: StartPod) -> PodChanged:
    """A daemon runs until it is ended."""
    main = Container(name="main", state="running", ready=True)
    return PodChanged(node_id=command.node_id, phase="Running", containers=(main,), pod_ip="10.0.0.7")


def _end(command: StartPod, fates: dict[str, object], now: datetime) -> PodChanged:
    fate = fates.get(command.node_name, 0)
    if fate == "lost":
        return PodChanged(node_id=command.node_id, phase="Failed", lost=True)
    code = int(str(fate))
    main = Container(name="main", exit_code=code, reason="Error" if code else "Completed", finished_at=now)
    parameters = tuple((item.name, f"{item.name} of {command.node_name}") for item in command.output_parameters)
    phase = "Failed" if code else "Succeeded"
    result = json.dumps(command.node_name) if command.capture_result else None
    return PodChanged(node_id=command.node_id, phase=phase, containers=(main,), parameters=parameters, result=result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
