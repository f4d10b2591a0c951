"""A valid workflow becomes a plan.

Everything that can be parsed is parsed here, once: tags, ``depends``, hook conditions.  What is compiled is what the
workflow carries in itself after ``resolve.pin``, with defaults for templates and pods below every template
(``spec/engine.md`` 26).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

import msgspec
from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.strategy import (
    LifecycleHook,
    Memoize,
    Metrics,
    Prometheus,
    RetryStrategy,
    Synchronization,
)
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.capture import ResultReads, result_reads
from tiphys.core.plan.configmaps import ConfigMaps, workflow_parameters
from tiphys.core.plan.depth import MAX_DEPTH
from tiphys.core.plan.executed import INLINE, executed_spec, own_annotations, pinned_config_maps, stored_templates
from tiphys.core.plan.merge import merge_pod_metadata, merge_template
from tiphys.core.plan.metadata import with_metadata
from tiphys.core.plan.model import (
    EXACT_TAG,
    ArgumentsPlan,
    ArtifactArgument,
    CallPlan,
    DagPlan,
    HookPlan,
    Identity,
    LoopPlan,
    MetricPlan,
    ParameterArgument,
    Plan,
    Repository,
    RetryPlan,
    TemplateKey,
    TemplatePlan,
)
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.plan.repository import archive_location
from tiphys.core.plan.resolve import pin
from tiphys.core.template.compile import CompiledText, compile_text, compile_tree
from tiphys.core.template.depends import Depends, from_dependencies, parse_depends
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.globals import parameter_variables, resolved_parameters, workflow_variables
from tiphys.core.template.render import Compiled
from tiphys.core.template.tagged import TaggedCondition
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import UsageError


def _plain(record: object) -> JsonValue:
    """A record as plain JSON data: lists, never tuples."""
    return cast(JsonValue, msgspec.json.decode(msgspec.json.encode(record)))


#: A tag that stands for all inputs as one list.
_INPUT_LIST = r"inputs\.parameters *}}"

#: Fields of a template that are compiled elsewhere or never rendered.
NOT_BODY = ("steps", "dag", "inputs", "metrics")


def compile_plan(
    workflow: Workflow,
    identity: Identity,
    library: Library = EMPTY,
    config_maps: Mapping[str, Mapping[str, str]] | None = None,
    passing: str = "",
    pods: PodDefaults = POD_DEFAULTS,
    max_depth: int = MAX_DEPTH,
) -> Plan:
    """Compile a valid workflow whose ``workflowDefaults`` are merged already.

    What is not pinned in it yet is taken from the library; what is pinned never is.  ``passing``, ``pods``
    and ``max_depth`` are as in ``Plan``.

    Raises:
        NotFoundError: the template that the whole workflow refers to does not exist.
        UsageError: an argument of the workflow has no value.
    """
    if workflow.spec is None:
        raise ValueError("the workflow has no spec")
    workflow = pin(workflow, library, identity.namespace)
    workflow = labelled(workflow, identity, {**(config_maps or {}), **pinned_config_maps(workflow)})
    spec = executed_spec(workflow)
    maps = {**(config_maps or {}), **pinned_config_maps(workflow)}
    # Argo's executed workflow has no name when its spec comes from a template, and so its nodes show none.
    base = TemplateKey("local", identity.name if spec.workflow_template_ref is None else "", "")
    compiler = _Compiler(spec)
    compiler.add(base, spec.templates or ())
    for key, template in stored_templates(workflow).items():
        scope, resource, name = key.split("/", 2)
        if not name.startswith(INLINE):
            compiler.add(TemplateKey(scope, resource, ""), (replace(template, name=name),))
    parameters = global_parameters(spec, maps, identity.name)
    arguments = _valued(spec.arguments, parameters)
    annotations = (workflow.metadata and workflow.metadata.annotations) or {}
    hooks = tuple(_hook(name, hook) for name, hook in (spec.hooks or {}).items() if name != "exit")
    pod_spec = {key: value for key, value in cast(JsonObject, _plain(spec)).items() if key in POD_SPEC_FIELDS}
    return Plan(
        identity=identity,
        workflow=workflow,
        spec=spec,
        templates=compiler.templates,
        variables={**_variables(workflow, spec, identity, parameters), **_computed_labels(workflow, spec)},
        arguments=compile_arguments(arguments),
        hooks=hooks,
        exit=_exit(spec.on_exit, (spec.hooks or {}).get("exit")),
        base=base,
        pod_spec=compile_tree(cast(JsonValue, pod_spec)),
        repository=_repository(workflow),
        metrics=_metrics(spec.metrics),
        config_maps=maps,
        synchronization=_tree(spec.synchronization),
        pause_on_failure=annotations.get(PAUSE_ON_FAILURE) == "true",
        pod_names="v1" if annotations.get(POD_NAMES) == "v1" else "v2",
        passing=passing,
        max_depth=max_depth,
        pods=pods,
    )


#: Annotation of a workflow whose failed pods wait until somebody has looked at them.
PAUSE_ON_FAILURE = "tiphys.dev/pause-on-failure"
#: Annotation of a workflow: the form of the names of its pods (``spec/engine.md`` 4.3).
POD_NAMES = "workflows.argoproj.io/pod-name-format"
#: Fields of the workflow spec that shape every pod.
POD_SPEC_FIELDS = frozenset(
    (
        "volumes", "nodeSelector", "tolerations", "affinity", "securityContext", "hostAliases", "hostNetwork",
        "dnsPolicy", "dnsConfig", "imagePullSecrets", "schedulerName", "podPriorityClassName", "podMetadata",
        "serviceAccountName", "automountServiceAccountToken", "executor", "podSpecPatch", "volumeClaimTemplates",
        "podResources", "resourceClaims",
    )
)  # fmt: skip


def labelled(workflow: Workflow, identity: Identity, config_maps: ConfigMaps, *, anew: bool = False) -> Workflow:
    """The workflow with what ``spec.workflowMetadata`` asks for; one that has it all stays as it is, unless ``anew``.

    Raises:
        UsageError: an argument has no value, or a label cannot be worked out.
    """
    spec = executed_spec(workflow)
    wanted, meta = spec.workflow_metadata, workflow.metadata or ObjectMeta()
    if wanted is None:
        return workflow
    keys = {*(wanted.labels or ()), *(wanted.labels_from or ())}
    if (
        not anew
        and keys <= (meta.labels or {}).keys()
        and (wanted.annotations or {}).keys() <= (meta.annotations or {}).keys()
    ):
        return workflow
    parameters = global_parameters(spec, config_maps, identity.name)
    try:
        return with_metadata(workflow, spec, _variables(workflow, spec, identity, parameters))
    except TemplateError as error:
        raise UsageError(str(error), where=identity.name) from None


def global_parameters(spec: WorkflowSpec, config_maps: ConfigMaps, where: str) -> tuple[Parameter, ...]:
    """The arguments of a workflow with their values.

    Raises:
        UsageError: one has no value; ``where`` is the name of the workflow.
    """
    own = (spec.arguments.parameters if spec.arguments is not None else None) or ()
    try:
        valued = workflow_parameters(own, config_maps)
        parameter_variables(valued)
    except TemplateError as error:
        raise UsageError(f"failed to set global parameters: {error}", where=where) from None
    return valued


def _repository(workflow: Workflow) -> Repository:
    """The repository that was pinned when the workflow started, else the data directory."""
    reference = workflow.status.artifact_repository_ref if workflow.status is not None else None
    pinned = reference.artifact_repository if reference is not None else None
    found = cast(JsonObject, _plain(pinned)) if pinned is not None else None
    location = archive_location(found)
    logs = bool(pinned is not None and pinned.archive_logs)
    return Repository(location=compile_tree(location), storage=location, logs=logs)


def _valued(arguments: Arguments | None, parameters: tuple[Parameter, ...]) -> Arguments | None:
    """Arguments whose parameters are passed on by value."""
    return replace(arguments, parameters=parameters) if arguments is not None else None


def _variables(
    workflow: Workflow, spec: WorkflowSpec, identity: Identity, parameters: tuple[Parameter, ...]
) -> Mapping[str, JsonValue]:
    meta = workflow.metadata
    values = workflow_variables(
        name=identity.name,
        namespace=identity.namespace,
        uid=identity.uid,
        created_at=identity.created_at,
        spec=spec,
        parameters=(spec.arguments.parameters or ()) if spec.arguments is not None else (),
        labels=(meta.labels if meta else None) or {},
        annotations=own_annotations(workflow),
    )
    values.update({f"workflow.parameters.{item.name}": item.value for item in parameters if item.value is not None})
    declared = (spec.arguments.parameters if spec.arguments else None) or ()
    values.update(resolved_parameters(declared, values, uid=identity.uid, created_at=identity.created_at))
    return values


def _computed_labels(workflow: Workflow, spec: WorkflowSpec) -> Mapping[str, JsonValue]:
    """The labels that ``labelsFrom`` has given, which are no variables before that."""
    labels = (workflow.metadata.labels if workflow.metadata else None) or {}
    computed = (spec.workflow_metadata.labels_from if spec.workflow_metadata else None) or {}
    return {f"workflow.labels.{key}": text for key, text in labels.items() if key in computed}


class _Compiler:
    """Compiles the templates of a workflow."""

    def __init__(self, spec: WorkflowSpec) -> None:
        self.retry = spec.retry_strategy
        self.defaults = spec.template_defaults
        self.pod_metadata = spec.pod_metadata
        self.templates: dict[TemplateKey, TemplatePlan] = {}

    def add(self, base: TemplateKey, templates: Iterable[Template]) -> None:
        """Compile the templates of one resource."""
        for template in templates:
            key = TemplateKey(base.scope, base.resource, template.name or "")
            if key not in self.templates:
                self.templates[key] = self.template(key, template)

    def template(self, key: TemplateKey, template: Template) -> TemplatePlan:
        """Compile one template, with the defaults for all templates and pods below it."""
        template = merge_pod_metadata(merge_template(template, self.defaults), self.pod_metadata)
        data = cast(JsonObject, _plain(template))
        text = json.dumps(data)
        reads = result_reads(text)
        body = compile_tree({name: value for name, value in data.items() if name not in NOT_BODY})
        steps = tuple(tuple(self.call(key, step, reads, "steps") for step in group) for group in template.steps or ())
        retry = template.retry_strategy or self.retry
        inputs, outputs = template.inputs, template.outputs
        composite = template.steps is not None or template.dag is not None
        return TemplatePlan(
            key=key,
            template=template,
            kind=kind_of(template),
            body=body,
            lists_inputs=re.search(_INPUT_LIST, text) is not None,
            input_texts=_input_texts((inputs.parameters if inputs is not None else None) or ()),
            input_artifacts=_declared_artifacts(inputs.artifacts) if inputs is not None and inputs.artifacts else None,
            output_parameters=_output_parameters(outputs.parameters or ())
            if outputs is not None and composite
            else None,
            output_artifacts=compile_artifacts(outputs.artifacts or ()) if outputs is not None and composite else (),
            steps=steps,
            dag=self.dag(key, template, reads) if template.dag is not None else None,
            retry=_retry(retry) if retry is not None else None,
            own_retry=template.retry_strategy is not None,
            parallelism=template.parallelism,
            metrics=_metrics(template.metrics),
            synchronization=_tree(template.synchronization),
            memoize=_tree(template.memoize),
        )

    def dag(self, key: TemplateKey, template: Template, reads: ResultReads) -> DagPlan:
        """Compile the tasks of a DAG."""
        dag = template.dag
        assert dag is not None
        continues = {
            task.name or "": (
                bool(task.continue_on and task.continue_on.failed),
                bool(task.continue_on and task.continue_on.error),
            )
            for task in dag.tasks or ()
        }
        seen: dict[str, Depends] = {}
        calls = tuple(self.call(key, task, reads, "tasks", _depends(task, continues, seen)) for task in dag.tasks or ())
        dependents: dict[str, list[str]] = {call.name: [] for call in calls}
        for call in calls:
            for name in call.depends.tasks if call.depends else ():
                dependents.setdefault(name, []).append(call.name)
        return DagPlan(
            tasks=calls,
            by_name={call.name: call for call in calls},
            dependents={name: tuple(names) for name, names in dependents.items()},
            target=compile_text(dag.target) if dag.target else None,
            leaves=tuple(sorted(name for name in continues if not dependents.get(name))),
            fail_fast=dag.fail_fast is not False,
        )

    def call(
        self,
        key: TemplateKey,
        step: WorkflowStep | DAGTask,
        reads: ResultReads,
        prefix: str,
        depends: Depends | None = None,
    ) -> CallPlan:
        """Compile one step or task."""
        name = step.name or ""
        hooks = step.hooks or {}
        inline = None
        if step.inline is not None:
            inline = self.template(TemplateKey(key.scope, key.resource, ""), replace(step.inline, name=""))
        return CallPlan(
            name=name,
            template=compile_text(step.template) if step.template else None,
            template_ref=compile_tree(_plain(step.template_ref)) if step.template_ref else None,
            inline=inline,
            arguments=compile_arguments(step.arguments),
            when=compile_text(step.when) if step.when else None,
            loop=_loop(step),
            hooks=tuple(_hook(hook_name, hook) for hook_name, hook in hooks.items() if hook_name != "exit"),
            exit=_exit(step.on_exit, hooks.get("exit")),
            continue_failed=bool(step.continue_on and step.continue_on.failed),
            continue_error=bool(step.continue_on and step.continue_on.error),
            capture_result=reads.reads(prefix, name),
            depends=depends,
        )


def _input_texts(declared: Iterable[Parameter]) -> dict[str, CompiledText]:
    """The values and defaults of inputs that have tags."""
    texts = {
        item.name: item.value if item.value is not None else item.default for item in declared if not item.value_from
    }
    return {name: compile_text(text) for name, text in texts.items() if text is not None and "{{" in text}


def _output_parameters(declared: Iterable[Parameter]) -> Compiled | None:
    """What Steps and DAG templates give out, where it has tags besides the references, which are no texts."""
    data = [cast(JsonObject, _plain(parameter)) for parameter in declared]
    for parameter in data:
        source = parameter.get("valueFrom")
        if isinstance(source, dict):
            source.pop("parameter", None)
    tree = compile_tree(cast(JsonValue, data))
    return None if tree.constant else tree


def kind_of(template: Template) -> str:
    """The node kind that runs a template; empty when it has no type."""
    if template.steps is not None:
        return "Steps"
    if template.dag is not None:
        return "DAG"
    if template.suspend is not None:
        return "Suspend"
    if template.http is not None:
        return "HTTP"
    if template.plugin is not None:
        return "Plugin"
    pods = (template.container, template.script, template.resource, template.data, template.container_set)
    return "Pod" if any(part is not None for part in pods) else ""


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
                value_from=cast(JsonObject, _plain(parameter.value_from)) if parameter.value_from else None,
            )
        )
    return ArgumentsPlan(parameters=tuple(parameters), artifacts=compile_artifacts(arguments.artifacts or ()))


def compile_artifacts(artifacts: Iterable[Artifact]) -> tuple[ArtifactArgument, ...]:
    """Compile artifacts that may be taken from elsewhere."""
    return tuple(_artifact(artifact) for artifact in artifacts)


def _artifact(artifact: Artifact) -> ArtifactArgument:
    own = cast(JsonObject, _plain(replace(artifact, from_=None, from_expression=None, sub_path=None)))
    return ArtifactArgument(
        name=artifact.name,
        fields=compile_tree(own),
        source=_text(artifact.from_),
        expression=_text(artifact.from_expression),
        sub_path=_text(artifact.sub_path),
        optional=bool(artifact.optional),
    )


def _declared_artifacts(artifacts: Iterable[Artifact]) -> Compiled:
    return compile_tree(_plain(tuple(artifacts)))


def _hook(name: str, hook: LifecycleHook) -> HookPlan:
    """A lifecycle hook; unlike an exit handler it never gets the workflow's arguments."""
    return HookPlan(
        name=name,
        template=hook.template,
        template_ref=hook.template_ref,
        arguments=compile_arguments(hook.arguments),
        condition=TaggedCondition(hook.expression) if hook.expression else None,
    )


def _exit(on_exit: str | None, hook: LifecycleHook | None) -> HookPlan | None:
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


def _loop(step: WorkflowStep | DAGTask) -> LoopPlan | None:
    if step.with_items:
        tree = compile_tree(list(step.with_items))
        return LoopPlan(items=tuple(step.with_items), items_tags=None if tree.constant else tree)
    if step.with_param is not None and step.with_param != "":
        return LoopPlan(param=compile_text(step.with_param))
    if step.with_sequence is not None:
        return LoopPlan(sequence=compile_tree(_plain(step.with_sequence)))
    return None


def _depends(task: DAGTask, continues: Mapping[str, tuple[bool, bool]], seen: dict[str, Depends]) -> Depends | None:
    """What a task waits for.  Tasks of a DAG that wait for the same share one record: layers often do."""
    text = task.depends or " && ".join(task.dependencies or ())
    if text and text not in seen:
        names = task.dependencies or ()
        seen[text] = parse_depends(text, continues) if task.depends else from_dependencies(names, continues)
    return seen.get(text)


def _metrics(metrics: Metrics | None) -> tuple[MetricPlan, ...]:
    return tuple(_metric(metric) for metric in (metrics.prometheus or ()) if metrics is not None) if metrics else ()


def _metric(metric: Prometheus) -> MetricPlan:
    parts = {"gauge": metric.gauge, "histogram": metric.histogram, "counter": metric.counter}
    kinds = [kind for kind, part in parts.items() if part is not None]
    kind = kinds[0] if len(kinds) == 1 else ""
    frame = cast(JsonObject, _plain(metric))
    fields = cast(JsonObject, frame.get(kind) or {})
    value = str(fields.get("value") or "")
    rest = {**frame, kind: {name: item for name, item in fields.items() if name != "value"}} if kind else frame
    realtime = bool(metric.gauge is not None and metric.gauge.realtime)
    return MetricPlan(
        name=metric.name, kind=kind, frame=compile_tree(rest), value=compile_text(value), realtime=realtime
    )


def _tree(record: Synchronization | Memoize | None) -> Compiled | None:
    return compile_tree(_plain(record)) if record is not None else None


def _text(value: object) -> CompiledText | None:
    return compile_text(str(value)) if value is not None and value != "" else None


def _retry(strategy: RetryStrategy) -> RetryPlan:
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
