"""The parts of templates and of their calls, compiled: arguments, hooks, loops, conditions, retries, metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import msgspec
from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.strategy import (
    LifecycleHook,
    Memoize,
    Metrics,
    Prometheus,
    RetryStrategy,
    Synchronization,
)
from tiphys.core.manifest.model.template import DAGTask, WorkflowStep
from tiphys.core.plan.model import (
    EXACT_TAG,
    ArgumentsPlan,
    ArtifactArgument,
    HookPlan,
    LoopPlan,
    MetricPlan,
    ParameterArgument,
    RetryPlan,
)
from tiphys.core.template.compile import CompiledText, compile_text, compile_tree
from tiphys.core.template.depends import Depends, from_dependencies, parse_depends
from tiphys.core.template.render import Compiled
from tiphys.core.template.tagged import TaggedCondition


def plain(record: object) -> JsonValue:
    """A record as plain JSON data: lists, never tuples."""
    return cast(JsonValue, msgspec.json.decode(msgspec.json.encode(record)))


def compile_arguments(arguments: Arguments | None) -> ArgumentsPlan:
    """Compile what a caller passes."""
    if arguments is None:
        return ArgumentsPlan()
    parameters = []
    for parameter in arguments.parameters or ():
        value = parameter.value
        exact = EXACT_TAG.match(value) if value is not None else None
        parameters.append(
            ParameterArgument(
                name=parameter.name or "",
                value=compile_text(value) if value is not None else None,
                reference=exact.group(1) if exact else None,
                value_from=cast(JsonObject, plain(parameter.value_from)) if parameter.value_from else None,
            )
        )
    return ArgumentsPlan(parameters=tuple(parameters), artifacts=compile_artifacts(arguments.artifacts or ()))


def compile_artifacts(artifacts: Iterable[Artifact]) -> tuple[ArtifactArgument, ...]:
    """Compile artifacts that may be taken from elsewhere."""
    return tuple(_artifact(artifact) for artifact in artifacts)


def _artifact(artifact: Artifact) -> ArtifactArgument:
    own = cast(JsonObject, plain(replace(artifact, from_=None, from_expression=None, sub_path=None)))
    return ArtifactArgument(
        name=artifact.name,
        fields=compile_tree(own),
        source=_text(artifact.from_),
        expression=_text(artifact.from_expression),
        sub_path=_text(artifact.sub_path),
        optional=bool(artifact.optional),
    )


def compile_hook(name: str, hook: LifecycleHook) -> HookPlan:
    """A lifecycle hook; unlike an exit handler it never gets the workflow's arguments."""
    return HookPlan(
        name=name,
        template=hook.template,
        template_ref=hook.template_ref,
        arguments=compile_arguments(hook.arguments),
        condition=TaggedCondition(hook.expression) if hook.expression else None,
    )


def compile_exit(on_exit: str | None, hook: LifecycleHook | None) -> HookPlan | None:
    """The exit handler: ``onExit`` wins over a hook of that name, and has no arguments of its own."""
    if on_exit:
        return HookPlan(name="exit", template=on_exit, template_ref=None, arguments=None, condition=None)
    if hook is None:
        return None
    own = hook.arguments
    return HookPlan(
        name="exit",
        template=hook.template,
        template_ref=hook.template_ref,
        arguments=compile_arguments(own) if own is not None and (own.parameters or own.artifacts) else None,
        condition=TaggedCondition(hook.expression) if hook.expression else None,
    )


def compile_loop(step: WorkflowStep | DAGTask) -> LoopPlan | None:
    """The loop of a step or task, if it has one."""
    if step.with_items:
        tree = compile_tree(list(step.with_items))
        return LoopPlan(items=tuple(step.with_items), items_tags=None if tree.constant else tree)
    if step.with_param is not None and step.with_param != "":
        return LoopPlan(param=compile_text(step.with_param))
    if step.with_sequence is not None:
        return LoopPlan(sequence=compile_tree(plain(step.with_sequence)))
    return None


def compile_depends(
    task: DAGTask, continues: Mapping[str, tuple[bool, bool]], seen: dict[str, Depends]
) -> Depends | None:
    """What a task waits for.  Tasks of a DAG that wait for the same share one record: layers often do."""
    text = task.depends or " && ".join(task.dependencies or ())
    if text and text not in seen:
        names = task.dependencies or ()
        seen[text] = parse_depends(text, continues) if task.depends else from_dependencies(names, continues)
    return seen.get(text)


def compile_metrics(metrics: Metrics | None) -> tuple[MetricPlan, ...]:
    """What is measured of a workflow or template."""
    return tuple(_metric(metric) for metric in metrics.prometheus or ()) if metrics is not None else ()


def _metric(metric: Prometheus) -> MetricPlan:
    parts = {"gauge": metric.gauge, "histogram": metric.histogram, "counter": metric.counter}
    kinds = [kind for kind, part in parts.items() if part is not None]
    kind = kinds[0] if len(kinds) == 1 else ""
    frame = cast(JsonObject, plain(metric))
    fields = cast(JsonObject, frame.get(kind) or {})
    value = str(fields.get("value") or "")
    rest = {**frame, kind: {name: item for name, item in fields.items() if name != "value"}} if kind else frame
    realtime = bool(metric.gauge is not None and metric.gauge.realtime)
    return MetricPlan(
        name=metric.name, kind=kind, frame=compile_tree(rest), value=compile_text(value), realtime=realtime
    )


def compile_record(record: Synchronization | Memoize | None) -> Compiled | None:
    """A record with tags anywhere in it."""
    return compile_tree(plain(record)) if record is not None else None


def _text(value: object) -> CompiledText | None:
    return compile_text(str(value)) if value is not None and value != "" else None


def compile_retry(strategy: RetryStrategy) -> RetryPlan:
    """A retry strategy; what its numbers are is known when they are filled in."""
    backoff = strategy.backoff
    return RetryPlan(
        limit=_text(strategy.limit),
        policy=strategy.retry_policy or None,
        duration=_text(backoff.duration) if backoff else None,
        factor=_text(backoff.factor) if backoff else None,
        max_duration=_text(backoff.max_duration) if backoff else None,
        cap=_text(backoff.cap) if backoff else None,
        backoff=backoff is not None,
        expression=_text(strategy.expression),
        spread=strategy.affinity is not None and strategy.affinity.node_anti_affinity is not None,
    )
