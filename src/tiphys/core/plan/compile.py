"""A valid workflow becomes a plan.

Everything that can be parsed is parsed here, once: tags, ``depends``, hook conditions.  What is compiled is what the
workflow carries in itself after ``resolve.pin``, with defaults for templates and pods below every template
(``spec/engine.md`` 26).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.configmaps import ConfigMaps, workflow_parameters
from tiphys.core.plan.depth import MAX_DEPTH
from tiphys.core.plan.executed import INLINE, executed_spec, own_annotations, pinned_config_maps, stored_templates
from tiphys.core.plan.metadata import with_metadata
from tiphys.core.plan.model import (
    Identity,
    Plan,
    Repository,
    TemplateKey,
)
from tiphys.core.plan.parts import (
    compile_arguments,
    compile_exit,
    compile_hook,
    compile_metrics,
    compile_record,
    plain,
)
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.plan.repository import archive_location
from tiphys.core.plan.resolve import pin
from tiphys.core.plan.templates import TemplateCompiler
from tiphys.core.template.compile import compile_tree
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.globals import parameter_variables, resolved_parameters, workflow_variables
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import UsageError

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
    maps = {**(config_maps or {}), **pinned_config_maps(workflow)}
    workflow = labelled(workflow, identity, maps)
    spec = executed_spec(workflow)
    # Argo's executed workflow has no name when its spec comes from a template, and so its nodes show none.
    base = TemplateKey("local", identity.name if spec.workflow_template_ref is None else "", "")
    compiler = TemplateCompiler(spec)
    compiler.add(base, spec.templates or ())
    for key, template in stored_templates(workflow).items():
        scope, resource, name = key.split("/", 2)
        if not name.startswith(INLINE):
            compiler.add(TemplateKey(scope, resource, ""), (replace(template, name=name),))
    parameters = global_parameters(spec, maps, identity.name)
    arguments = _valued(spec.arguments, parameters)
    annotations = (workflow.metadata and workflow.metadata.annotations) or {}
    hooks = tuple(compile_hook(name, hook) for name, hook in (spec.hooks or {}).items() if name != "exit")
    pod_spec = {key: value for key, value in cast(JsonObject, plain(spec)).items() if key in POD_SPEC_FIELDS}
    return Plan(
        identity=identity,
        workflow=workflow,
        spec=spec,
        templates=compiler.templates,
        variables={**_variables(workflow, spec, identity, parameters), **_computed_labels(workflow, spec)},
        arguments=compile_arguments(arguments),
        hooks=hooks,
        exit=compile_exit(spec.on_exit, (spec.hooks or {}).get("exit")),
        base=base,
        pod_spec=compile_tree(cast(JsonValue, pod_spec)),
        repository=_repository(workflow),
        metrics=compile_metrics(spec.metrics),
        config_maps=maps,
        synchronization=compile_record(spec.synchronization),
        pause_on_failure=annotations.get(PAUSE_ON_FAILURE) == "true",
        pod_names="v1" if annotations.get(POD_NAMES) == "v1" else "v2",
        passing=passing,
        max_depth=max_depth,
        pods=pods,
    )


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
    found = cast(JsonObject, plain(pinned)) if pinned is not None else None
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
