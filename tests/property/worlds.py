"""What pods of random workflows report, and what people ask of them."""

from __future__ import annotations

import zlib
from typing import cast

from tests.property.dice import Dice, pick

from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.events import (
    Container,
    NodesResumed,
    NodesSet,
    NodesStopped,
    PodChanged,
    Request,
    ShutdownRequested,
    SuspendChanged,
)
from tiphys.testing.playbook import Playbook, saved

#: Fates that pods of a racy workflow may meet; the first are the more usual ones.
FATES = ("succeed", "succeed", "begin", "fail", "fail2", "lose", "pending")


def is_daemon(command: StartPod) -> bool:
    """True for a pod that runs until it is ended."""
    return bool(command.template.get("daemon"))


def containers(command: StartPod) -> list[str]:
    """The names of a pod's containers."""
    spec = command.manifest.get("spec")
    found = cast(list[dict[str, str]], spec["containers"]) if isinstance(spec, dict) else []
    return [container["name"] for container in found]


def ended(book: Playbook, command: StartPod, code: int) -> PodChanged:
    """The last report of a pod whose main container ends with a code."""
    done = tuple(
        Container(
            name=name, exit_code=code if name == "main" else 0, reason="Error" if code else "Completed",
            finished_at=book.now,
        )
        for name in containers(command)
    )  # fmt: skip
    return PodChanged(
        node_id=command.node_id,
        phase="Failed" if code else "Succeeded",
        containers=done,
        message="" if done or not code else "it failed",
        result=f"result of {command.node_name}" if command.capture_result else None,
        parameters=tuple((item.name, f"of {command.node_name}") for item in command.output_parameters),
        artifacts=saved(command),
    )


def up(command: StartPod) -> PodChanged:
    """All containers of a pod run and are ready; what has none is Pending until it is over."""
    if not containers(command):
        return PodChanged(node_id=command.node_id, phase="Pending")
    running = tuple(Container(name=name, state="running", ready=True) for name in containers(command))
    return PodChanged(node_id=command.node_id, phase="Running", containers=running, pod_ip="10.0.0.7")


def lost(command: StartPod) -> PodChanged:
    """Nothing is left of a pod."""
    return PodChanged(node_id=command.node_id, phase="Failed", lost=True)


def report(book: Playbook, command: StartPod, fate: str) -> PodChanged:
    """What is told of a pod that meets a fate."""
    if fate == "begin":
        return up(command)
    if fate == "pending":
        return PodChanged(node_id=command.node_id, phase="Pending")
    if fate == "lose":
        return lost(command)
    return ended(book, command, {"succeed": 0, "fail": 1, "fail2": 2}[fate])


def meet(book: Playbook, fate: str, pod: str) -> None:
    """The pod of a node, which must run, meets a fate."""
    command = book.running[book.find(pod)]
    event = report(book, command, fate)
    if event.phase in {"Succeeded", "Failed"}:
        del book.running[command.node_id]
    book.advance(event)


def ask(dice: Dice) -> Request:
    """What somebody asks."""
    selector = pick(dice, ["phase=Running", "displayName=s00", "displayName!=t0"])
    requests: list[Request] = [
        SuspendChanged(True),
        SuspendChanged(False, "go on"),
        ShutdownRequested("Stop"),
        ShutdownRequested("Terminate"),
        NodesResumed(selector, "resumed"),
        NodesStopped(selector, "stopped"),
        NodesSet(selector=selector, phase=pick(dice, ["", "Succeeded", "Failed", "Error"]), message="set"),
    ]
    return pick(dice, requests)


class World:
    """Pods whose fate follows from their names, in whatever order they are heard of."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def end(self, book: Playbook, command: StartPod) -> PodChanged:
        """The last report of a pod; of a daemon the one that it is up."""
        if is_daemon(command):
            return up(command)
        fate = zlib.crc32(f"{self._seed}/{command.node_name}".encode()) % 10
        return lost(command) if fate == 0 else ended(book, command, 0 if fate < 7 else fate - 6)
