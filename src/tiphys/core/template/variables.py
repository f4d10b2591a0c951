"""The catalogue of variables: every name, its type, where it stands and when (``spec/data.md`` 1).

Validation, completion and the documentation page all read this one table.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator

from msgspec import Struct


class Place(enum.Enum):
    """Where a text with tags or an expression stands."""

    WORKFLOW = "workflow spec outside templates"
    POD = "pod template (container, containerSet, script, resource, data)"
    TEMPLATE = "any other template"
    STEP = "arguments and `when` of a step"
    TASK = "arguments and `when` of a DAG task"
    STEPS_OUTPUTS = "outputs of a steps template"
    DAG_OUTPUTS = "outputs of a DAG template"
    HOOK = "hook or exit handler of a step or task"
    EXIT_HANDLER = "exit handler or hook of the workflow"
    METRIC = "metric of a template"
    WORKFLOW_METRIC = "metric of the workflow"
    VOLUME = "volume of the workflow"
    CRON = "`when` and `stopStrategy` of a CronWorkflow"


class Variable(Struct, frozen=True):
    """One entry of the catalogue.

    ``key`` has holes such as ``<name>``.  ``phases`` are the moments at which the value exists.  ``places`` are all
    places whose tags or expressions can name it.  ``text`` is False for values that only expressions and references
    accept.
    """

    key: str
    kind: str
    type: str
    phases: tuple[str, ...]
    places: frozenset[Place]
    meaning: str
    text: bool = True


_ALWAYS = ("workflow-start", "pre-dispatch", "during-execute", "exit-handler")
_RUNNING = ("pre-dispatch", "during-execute", "exit-handler")
_EXECUTE = ("during-execute",)
_NODE = ("pre-dispatch", "during-execute")

_P = Place
_BODY = frozenset((_P.POD, _P.TEMPLATE))
_CALLS = frozenset((_P.STEP, _P.TASK))
_RESULTS = frozenset((_P.STEPS_OUTPUTS, _P.DAG_OUTPUTS))
_ENDS = frozenset((_P.HOOK, _P.EXIT_HANDLER))
_METRIC = frozenset((_P.METRIC,))
_EVERYWHERE = frozenset(_P) - {_P.CRON}
_AFTER_START = _EVERYWHERE - {_P.WORKFLOW}

#: (last part of the key, type, moment, meaning) of ``steps.<name>.…`` and ``tasks.<name>.…``.
_NODE_SUFFIXES = (
    ("exitCode", "string", "after-node-complete", "exit code of the main container"),
    ("finishedAt", "string", "after-node-complete", "when the node finished (RFC 3339)"),
    ("hostNodeName", "string", "after-pod-start", "machine that the pod runs on"),
    ("id", "string", "after-node-init", "node ID"),
    ("ip", "string", "after-pod-start", "IP address of a daemon's pod"),
    (
        "outputs.artifacts.<a>",
        "wfv1.Artifact",
        "after-node-succeeded",
        "output artifact; only in `from` and expressions",
    ),
    ("outputs.parameters.<p>", "string", "after-node-succeeded", "output parameter"),
    ("outputs.result", "string", "after-node-succeeded", "standard output of a script or container, body of a request"),
    ("startedAt", "string", "after-node-init", "when the node started (RFC 3339)"),
    ("status", "string", "after-node-init", "phase of the node"),
)
_LOOP_SUFFIXES = (
    ("outputs.parameters", "JSON list with one object of all output parameters for each item"),
    ("outputs.parameters.<p>", "JSON list of one output parameter's values"),
    ("outputs.result", "JSON list of the results"),
)


def _workflow() -> Iterator[Variable]:
    table = (
        ("annotations", "json", "annotations of the workflow as a JSON object"),
        ("annotations.<name>", "string", "one annotation"),
        ("annotations.json", "json", "annotations of the workflow as a JSON object"),
        ("creationTimestamp", "string", "when the workflow was created (RFC 3339)"),
        (
            "creationTimestamp.<fmt>",
            "string",
            "one strftime field of that time: one of `B b m A a d H I M S Y y p Z z L`",
        ),
        ("creationTimestamp.RFC3339", "string", "when the workflow was created (RFC 3339)"),
        ("creationTimestamp.s", "string", "creation time in Unix seconds"),
        ("labels", "json", "labels of the workflow as a JSON object"),
        ("labels.<name>", "string", "one label"),
        ("labels.json", "json", "labels of the workflow as a JSON object"),
        ("mainEntrypoint", "string", "name of the template that the workflow starts with"),
        ("name", "string", "name of the workflow"),
        ("namespace", "string", "namespace of the workflow"),
        ("parameters", "json", "arguments of the workflow as a JSON list"),
        ("parameters.<name>", "string", "one argument of the workflow"),
        ("parameters.json", "json", "arguments of the workflow as a JSON list"),
        ("priority", "string", "`spec.priority`, if set"),
        ("scheduledTime", "string", "time for which a CronWorkflow scheduled it (RFC 3339), if one did"),
        ("serviceAccountName", "string", "`spec.serviceAccountName`; may be empty"),
        ("uid", "string", "UID of the workflow"),
    )
    for name, kind, meaning in table:
        yield Variable(f"workflow.{name}", "global", kind, _ALWAYS, _EVERYWHERE, meaning)
    yield Variable(
        "workflow.duration", "runtime", "string", _RUNNING, _AFTER_START, "seconds since the workflow started"
    )
    yield Variable(
        "workflow.failures", "runtime", "json", ("exit-handler",), frozenset((_P.EXIT_HANDLER,)),
        "failed nodes as a JSON text that is quoted once more",
    )  # fmt: skip
    yield Variable("workflow.status", "runtime", "string", _RUNNING, _AFTER_START, "phase; final only in exit handlers")
    outputs = ("during-execute", "exit-handler")
    yield Variable(
        "workflow.outputs.artifacts.<name>", "node-ref", "wfv1.Artifact", outputs, _CALLS | _RESULTS | _ENDS,
        "artifact with this `globalName`; only in `from` and expressions", text=False,
    )  # fmt: skip
    yield Variable(
        "workflow.outputs.parameters.<name>", "node-ref", "string", outputs, _AFTER_START,
        "output parameter with this `globalName`",
    )  # fmt: skip


def _template() -> Iterator[Variable]:
    inside = _BODY | _CALLS | _RESULTS
    pod = frozenset((_P.POD,))
    yield Variable(
        "inputs.artifacts.<name>", "input", "wfv1.Artifact", _EXECUTE, _CALLS | _RESULTS,
        "input artifact; only in `from` and expressions", text=False,
    )  # fmt: skip
    yield Variable("inputs.artifacts.<name>.path", "input", "string", _EXECUTE, pod, "where the artifact is mounted")
    yield Variable("inputs.parameters", "input", "json", _EXECUTE, inside, "input parameters as a JSON list")
    yield Variable(
        "inputs.parameters.<name>", "input", "string", _EXECUTE, inside | _METRIC | {_P.HOOK}, "input parameter"
    )
    yield Variable("outputs.artifacts.<name>.path", "output", "string", _EXECUTE, pod, "where the artifact is written")
    yield Variable("outputs.parameters.<name>.path", "output", "string", _EXECUTE, pod, "file of the output parameter")
    named = _BODY | _CALLS
    yield Variable("node.name", "node-ctx", "string", _NODE, named, "full name of the node, such as `wf[0].a(1:x)`")
    yield Variable("pod.name", "node-ctx", "string", _NODE, frozenset((_P.POD, _P.VOLUME)), "name of the pod")
    yield Variable("steps.name", "node-ctx", "string", _NODE, named, "name of the step that called the template")
    yield Variable("tasks.name", "node-ctx", "string", _NODE, named, "name of the task that called the template")
    loop = _CALLS | {_P.HOOK}
    yield Variable("item", "item", "string or json", ("inside-loop",), loop, "the item of a loop")
    yield Variable("item.<key>", "item", "string", ("inside-loop",), loop, "one field of an item that is a map")
    retry = ("inside-retry",)
    yield Variable("retries", "retry", "string", retry, _BODY | _METRIC, "number of the attempt, from 0")
    for name, meaning in (
        ("duration", "whole seconds that the last attempt took; `0` before the first"),
        ("exitCode", "exit code of the last attempt; `0` before the first"),
        ("message", "message of the last attempt; empty before the first"),
        ("status", "phase of the last attempt; empty before the first"),
    ):
        yield Variable(f"lastRetry.{name}", "retry", "string", retry, _BODY, meaning)


def _nodes(prefix: str, call: Place, outputs: Place) -> Iterator[Variable]:
    places = _ENDS | {call, outputs, _P.VOLUME}
    for suffix, meaning in _LOOP_SUFFIXES:
        yield Variable(f"{prefix}.<loopName>.{suffix}", "node-ref", "json", ("after-loop",), places, meaning)
    for suffix, kind, moment, meaning in _NODE_SUFFIXES:
        text = kind == "string"
        yield Variable(f"{prefix}.<name>.{suffix}", "node-ref", kind, (moment,), places, meaning, text)


def _metrics() -> Iterator[Variable]:
    for key, meaning in (
        ("duration", "seconds that the node took"),
        ("exitCode", "exit code of the main container"),
        ("outputs.parameters.<name>", "output parameter of the node"),
        ("outputs.result", "result of the node"),
        ("resourcesDuration.<resource>", "seconds × amount of a resource: `cpu`, `memory` and others"),
        ("status", "phase of the node"),
    ):
        yield Variable(key, "metric", "string", ("metric-emission",), _METRIC, meaning)


def _cron() -> Iterator[Variable]:
    for name, kind, meaning in (
        ("annotations", "map", "annotations of the CronWorkflow"),
        ("annotations.json", "json", "annotations as a JSON object"),
        ("failed", "int", "how many of its workflows failed"),
        ("labels", "map", "labels of the CronWorkflow"),
        ("labels.json", "json", "labels as a JSON object"),
        ("lastScheduledTime", "*time.Time", "when it last started a workflow; nil before the first"),
        ("name", "string", "name of the CronWorkflow"),
        ("namespace", "string", "namespace of the CronWorkflow"),
        ("succeeded", "int", "how many of its workflows succeeded"),
    ):
        places = frozenset((_P.CRON,))
        yield Variable(f"cronworkflow.{name}", "cron-workflow", kind, ("cron-eval",), places, meaning, kind == "string")


@functools.cache
def catalogue() -> tuple[Variable, ...]:
    """Every variable, sorted by key."""
    found = [*_workflow(), *_template(), *_metrics(), *_cron()]
    found += _nodes("steps", Place.STEP, Place.STEPS_OUTPUTS)
    found += _nodes("tasks", Place.TASK, Place.DAG_OUTPUTS)
    return tuple(sorted(found, key=lambda variable: variable.key))


def find(name: str) -> tuple[Variable, ...]:
    """The entries that a dotted name can mean, the most literal first.

    A looping step and a plain one have the same names; both entries are returned.
    """
    matches = [variable for variable in _candidates(name) if _pattern(variable.key).fullmatch(name)]
    return tuple(sorted(matches, key=lambda variable: variable.key.count("<")))


def known(name: str, place: Place) -> bool:
    """True when a name of this form can exist at a place; says nothing about the parameter, step or label in it."""
    return any(place in variable.places for variable in find(name))


def at(place: Place) -> tuple[Variable, ...]:
    """All variables of a place, for completion."""
    return tuple(variable for variable in catalogue() if place in variable.places)


def complete(prefix: str, place: Place) -> tuple[Variable, ...]:
    """Variables of a place whose key can begin with ``prefix``; ``steps.a.out`` finds ``steps.<name>.outputs.…``."""
    return tuple(variable for variable in at(place) if _begins(variable.key, prefix))


def _candidates(name: str) -> tuple[Variable, ...]:
    return _by_root().get(name.partition(".")[0], ())


@functools.cache
def _by_root() -> dict[str, tuple[Variable, ...]]:
    roots: dict[str, list[Variable]] = {}
    for variable in catalogue():
        roots.setdefault(variable.key.partition(".")[0], []).append(variable)
    return {root: tuple(variables) for root, variables in roots.items()}


#: Label and annotation keys and the keys of items may hold dots; names of steps and parameters may not.
_ANY = ("workflow.labels.", "workflow.annotations.", "item.", "resourcesDuration.")


@functools.cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("".join(_piece(key, piece) for piece in re.split(r"(<\w+>)", key)), re.DOTALL)


def _piece(key: str, piece: str) -> str:
    if not piece.startswith("<"):
        return re.escape(piece)
    if piece == "<fmt>":
        return "[BbmAadHIMSYypZzL]"
    return ".+" if key.startswith(_ANY) else r"[^.\s{}]+"


def _begins(key: str, prefix: str) -> bool:
    have, want = key.split("."), prefix.split(".")
    if len(want) > len(have):
        return False
    inner = all(mine == theirs or mine.startswith("<") for mine, theirs in zip(have, want[:-1], strict=False))
    last = have[len(want) - 1]
    return inner and last.startswith(("<", want[-1]))
