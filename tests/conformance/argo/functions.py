"""Go's functions that the internal cases call, and what answers for them here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import msgspec

from tests.conformance.argo import client_functions, foreign
from tests.conformance.argo.callerror import CallError
from tests.conformance.argo.statements import NotBehaviourError, NotYetError
from tests.conformance.argo.world import NOW
from tiphys.core.engine.durations import SECOND, humanize
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.loops import LoopError, expand
from tiphys.core.engine.naming import pod_name
from tiphys.core.engine.nodes.pod import infer
from tiphys.core.engine.progress import EXECUTABLE
from tiphys.core.engine.rerun import plan_retry
from tiphys.core.engine.selector import parse_selector
from tiphys.core.expr.compile import compile_expression
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.capture import result_reads
from tiphys.core.plan.merge import merge_metadata, merge_specs
from tiphys.core.plan.model import LoopPlan
from tiphys.core.plan.templates import kind_of
from tiphys.core.template.compile import compile_tree
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.jqfilter import jq_filter
from tiphys.core.template.references import reference_name, resolve_reference
from tiphys.core.template.scope import Scope
from tiphys.entrypoints.cli.output.times import short_duration
from tiphys.ids import NodeId

Arguments = Sequence[Any]
#: What a function returns, and the text of its error.
Answer = tuple[Sequence[Any], str | None]


def _sequence(arguments: Arguments) -> Sequence[Any]:
    source = compile_tree(arguments[0])
    try:
        return [expand(LoopPlan(sequence=source), Scope({}), enabled=True)]
    except (LoopError, TemplateError) as error:
        raise CallError(str(error)) from None


def _seconds(arguments: Arguments) -> int:
    """From the first moment to the second; an empty second one is the present, an empty first one ends it."""
    start, end = (None if not isinstance(each, str) else foreign.moment(each) for each in arguments)
    if start is None:
        return 0
    return abs(int(((end or NOW) - start).total_seconds()))


def _short(arguments: Arguments) -> Sequence[Any]:
    start, end = (None if not isinstance(each, str) else foreign.moment(each) for each in arguments)
    return [short_duration(start, end, NOW)]


def _reason(arguments: Arguments) -> Sequence[Any]:
    meta = arguments[0].get("metadata") or {}
    pod = f"{meta.get('name', '')} namespace {meta.get('namespace', '')}"
    return list(infer(pod_changed(arguments[0]), lambda: pod))


def pod_changed(pod: Mapping[str, Any]) -> PodChanged:
    """A Kubernetes Pod as the event that a runtime makes of it."""
    status = pod.get("status") or {}
    inits = [_container(each, "init") for each in status.get("initContainerStatuses") or ()]
    others = [_container(each, _role(each["name"])) for each in status.get("containerStatuses") or ()]
    return PodChanged(
        node_id=NodeId("pod"),
        phase=status.get("phase", ""),
        message=status.get("message", ""),
        containers=(*inits, *others),
    )


def _role(name: str) -> str:
    return {"main": "main", "wait": "aux", "supervisor": "aux"}.get(name, "sidecar")


def _container(status: Mapping[str, Any], role: str) -> Container:
    state, found = next(iter((status.get("state") or {"waiting": {}}).items()))
    found = found or {}
    return Container(
        name=status["name"], role=role, state=state, reason=found.get("reason", ""), message=found.get("message", ""),
        exit_code=found.get("exitCode", 0) if state == "terminated" else None,
    )  # fmt: skip


def _reads_result(arguments: Arguments) -> Sequence[Any]:
    name, template = arguments
    reads = result_reads(json.dumps(template))
    return [reads.reads("steps", name) or reads.reads("tasks", name)]


def _kind(arguments: Arguments) -> Sequence[Any]:
    return [kind_of(msgspec.convert(arguments[0], Template, strict=False))]


def _identifiers(arguments: Arguments) -> Sequence[Any]:
    return [list(compile_expression(arguments[0]).identifiers.required)]


def _resolve(arguments: Arguments) -> Sequence[Any]:
    text, values = arguments
    try:
        return [reference_name(text), resolve_reference(text, Scope(values or {}))]
    except TemplateError as error:
        raise CallError(str(error)) from None


def _merge(arguments: Arguments) -> Sequence[Any]:
    """``MergeTo(patch, target)``: the target wins and is changed in place."""
    patch, target = arguments
    merged = merge_specs(_spec(target.get("spec")), template=_spec(patch.get("spec")))
    target["spec"] = _json(merged)
    return [None]


def _join_specs(arguments: Arguments) -> Sequence[Any]:
    workflow, template, *rest = (each and _spec(each) for each in arguments)
    defaults = rest[0] if rest else None
    merged = merge_specs(workflow or WorkflowSpec(), template=template or None, defaults=defaults or None)
    return [{"spec": _json(merged)}]


def _join_metadata(arguments: Arguments) -> Sequence[Any]:
    own, *others = arguments
    merged = msgspec.convert(own or {}, ObjectMeta, strict=False)
    for other in others:
        merged = merge_metadata(merged, msgspec.convert(other, ObjectMeta, strict=False) if other else None)
    own.update(_json(merged))
    return []


def _spec(data: Any) -> WorkflowSpec:
    return msgspec.convert(data or {}, WorkflowSpec, strict=False)


def _json(record: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(record)))


def _retry(arguments: Arguments) -> Sequence[Any]:
    """``FormulateRetryWorkflow(workflow, restartSuccessful, selector, parameters)``: the workflow and the pods to delete."""
    workflow, restart, selector, parameters = arguments
    status = workflow.get("status") or {}
    phase, name = status.get("phase", ""), workflow["metadata"]["name"]
    if phase not in {"Failed", "Error", "Succeeded"}:
        raise CallError(f"Cannot retry a workflow in phase {phase}")
    if phase == "Succeeded" and not (restart and selector):
        raise CallError("To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector")
    chosen = parse_selector(selector).matches if restart and selector else None
    plan = plan_retry(foreign.rows(status.get("nodes") or {}, name), name, NOW, chosen=chosen, expand=bool(parameters))
    nodes = {row.status.id: _json(row.status) for row in (*plan.kept, *plan.reset)}
    for node in nodes.values():
        # A run that goes on works its children out from the nodes that are left.
        node["children"] = [child for child in node.get("children") or () if child in nodes]
    pods = [
        pod_name(name, row.status.name or "", row.status.template_name or "")
        for row in plan.removed
        if row.status.type == "Pod"
    ]
    made = client_functions.retried(workflow, parameters)
    made["status"] = {**(made.get("status") or {}), "phase": "", "nodes": nodes}
    return [made, pods]


TABLE: Mapping[str, Callable[[Arguments], Sequence[Any]]] = {
    **client_functions.TABLE,
    "expandSequence": _sequence,
    "RelativeDuration": lambda arguments: [humanize(_seconds(arguments) * SECOND)],
    "RelativeDurationShort": _short,
    "inferFailedReason": _reason,
    "hasOutputResultRef": _reads_result,
    "GetNodeType": _kind,
    "executable": lambda arguments: [arguments[0] in EXECUTABLE],
    "getIdentifiers": _identifiers,
    "ResolveVar": _resolve,
    "MergeTo": _merge,
    "JoinWorkflowSpec": _join_specs,
    "JoinWorkflowMetaData": _join_metadata,
    "FormulateRetryWorkflow": _retry,
    "jqFilter": lambda arguments: [jq_filter(arguments[1], json.loads(arguments[0]))],
    "podReconciliation": lambda _: [],
}
_MEANS = "a helper of Argo's own code; what comes of it is seen in other cases"
_CLUSTER = "how Argo works on a cluster (informers, agents, init containers, restarted pods)"
_CONFIGURED = "defaults or settings that the test makes in code"
#: Functions that state nothing a user or client could see.
INNER: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "getStepOrDAGTaskName", "tryJSONUnmarshal", "FindRetryNode", "RemoveDuplicates", "GetFailHosts", "hasVarInEnv",
            "parseTag", "expressionReplaceCore", "Fix", "LookupEnvStringOr", "LookupEnvDurationOr", "getMaxWorkflowSize",
            "GetTemplateHolderString", "newWorkflowsDag", "ParseItem", "buildRetryStrategyLocalScope",
            "addParamToGlobalScope", "FindOverlappingVolume", "executeScript", "getExecutorLogOpts",
            "handleExecutionControlError", "markWorkflowSuccess", "statusToNodeFieldSelector",
            "SanitizeUserWorkflowSpec", "processSource",
        ),
        _MEANS,
    ),
    **dict.fromkeys(
        (
            "ConfigMapIndexFunc", "ConditionsIndexFunc", "PodPhaseIndexFunc", "MetaNamespaceLabelIndex", "WorkflowIndexValue",
            "util.ToUnstructured", "parsePodCleanupKey", "isInitlessPodEnabled", "buildArgoBinVolume", "getPodByNode",
            "getAgentPodName", "createAgentPod", "getExecutorPlugins", "reconcileTaskSet", "removeCompletedTaskSetStatus",
            "createWorkflowPod", "isRestartableReason", "extractConditionFromMessage", "FromConfigMap", "needDBSession",
            "parseLockKey",
        ),
        _CLUSTER,
    ),
    **dict.fromkeys(("setWorkflowDefaults", "updateConfig", "setExecWorkflow"), _CONFIGURED),
}  # fmt: skip


def call(name: str, arguments: Arguments) -> Answer:
    """Call what answers for a Go function.

    Raises:
        NotYetError: nothing answers for it yet.
        NotBehaviourError: it states nothing that can be seen.
    """
    if name in INNER:
        raise NotBehaviourError(INNER[name])
    function = TABLE.get(name)
    if function is None:
        raise NotYetError(f"Go's {name}")
    try:
        return function(arguments), None
    except CallError as error:
        return [], str(error)
