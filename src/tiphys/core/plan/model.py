"""The plan of a run: templates resolved, tags compiled, nothing left to parse while it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.strategy import TemplateRef
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.depth import MAX_DEPTH
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.template.compile import CompiledText
from tiphys.core.template.depends import Depends
from tiphys.core.template.render import Compiled
from tiphys.core.template.tagged import TaggedCondition
from tiphys.ids import WorkflowUid


class TemplateKey(Struct, frozen=True):
    """Where a template lives: scope ``local``, ``namespaced`` or ``cluster``, the resource and its name there."""

    scope: str
    resource: str
    name: str

    @property
    def base(self) -> str:
        """The ``templateScope`` of nodes called from this template's resource."""
        return f"{self.scope}/{self.resource}"


class ParameterArgument(Struct, frozen=True, kw_only=True):
    """One parameter that a caller passes.

    ``reference`` is the variable's name when the value is exactly one simple tag: an absent optional then counts
    as not passed (``spec/data.md`` 3.5).
    """

    name: str
    value: CompiledText | None = None
    reference: str | None = None
    value_from: JsonObject | None = None


class ArtifactArgument(Struct, frozen=True, kw_only=True):
    """One artifact that a caller passes, or a Steps or DAG template puts out.

    ``fields`` are those that it states itself (name, location, archive, …); ``source`` is its ``from``, which is
    resolved and never rendered to text, ``expression`` its ``fromExpression``.
    """

    name: str
    fields: Compiled
    source: CompiledText | None = None
    expression: CompiledText | None = None
    sub_path: CompiledText | None = None
    optional: bool = False


class ArgumentsPlan(Struct, frozen=True, kw_only=True):
    """What a caller passes."""

    parameters: tuple[ParameterArgument, ...] = ()
    artifacts: tuple[ArtifactArgument, ...] = ()


class HookPlan(Struct, frozen=True, kw_only=True):
    """A lifecycle hook or exit handler; ``arguments`` None means the workflow's."""

    name: str
    template: str | None
    template_ref: TemplateRef | None
    arguments: ArgumentsPlan | None
    condition: TaggedCondition | None
    error: str | None = None


class LoopPlan(Struct, frozen=True, kw_only=True):
    """Where the items of a loop come from; exactly one field is set."""

    items: tuple[JsonValue, ...] | None = None
    items_tags: Compiled | None = None
    param: CompiledText | None = None
    sequence: Compiled | None = None


class CallPlan(Struct, frozen=True, kw_only=True):
    """A step or a task; ``label`` is its name where that has tags, and names its nodes once they are replaced."""

    name: str
    template: CompiledText | None
    template_ref: Compiled | None
    inline: TemplatePlan | None
    arguments: ArgumentsPlan
    when: CompiledText | None
    loop: LoopPlan | None
    hooks: tuple[HookPlan, ...]
    exit: HookPlan | None
    continue_failed: bool
    continue_error: bool
    capture_result: bool
    depends: Depends | None = None
    label: CompiledText | None = None


class DagPlan(Struct, frozen=True, kw_only=True):
    """The tasks of a DAG by name, what depends on what, and its targets."""

    tasks: tuple[CallPlan, ...]
    by_name: Mapping[str, CallPlan]
    dependents: Mapping[str, tuple[str, ...]]
    target: CompiledText | None
    leaves: tuple[str, ...]
    fail_fast: bool


class RetryPlan(Struct, frozen=True, kw_only=True):
    """``retryStrategy`` with its tags compiled; ``spread``: attempts avoid the hosts of failed ones."""

    limit: CompiledText | None
    policy: str | None
    duration: CompiledText | None
    factor: CompiledText | None
    max_duration: CompiledText | None
    cap: CompiledText | None
    backoff: bool
    expression: CompiledText | None
    spread: bool = False


class MetricPlan(Struct, frozen=True, kw_only=True):
    """A Prometheus metric: ``frame`` is all but its value; ``kind`` gauge, histogram, counter or empty."""

    name: str
    kind: str
    frame: Compiled
    value: CompiledText
    realtime: bool = False


class TemplatePlan(Struct, frozen=True, kw_only=True, eq=False):
    """A template ready to run.

    ``body`` is the whole template without steps, tasks and inputs; ``kind`` is the name of the node kind that
    runs it.  ``lists_inputs`` tells whether it reads all inputs as one list, ``input_texts`` are the values and
    defaults of input parameters that have tags, ``input_artifacts`` those that it declares.  ``output_parameters`` and
    ``output_artifacts`` are what a Steps or DAG template takes from its children, the parameters without their
    references and only where they have other tags.  ``error`` is the message of a template that cannot run at all.
    """

    key: TemplateKey
    template: Template
    kind: str
    body: Compiled
    lists_inputs: bool = False
    input_texts: Mapping[str, CompiledText] = field(default_factory=dict)
    input_artifacts: Compiled | None = None
    output_parameters: Compiled | None = None
    output_artifacts: tuple[ArtifactArgument, ...] = ()
    steps: tuple[tuple[CallPlan, ...], ...] = ()
    dag: DagPlan | None = None
    retry: RetryPlan | None = None
    own_retry: bool = False
    parallelism: int | None = None
    metrics: tuple[MetricPlan, ...] = ()
    error: str | None = None
    synchronization: Compiled | None = None
    memoize: Compiled | None = None

    @property
    def name(self) -> str:
        """The template's own name; empty for inline templates."""
        return self.template.name or ""

    @property
    def is_pod(self) -> bool:
        """True when nodes of this template are pods."""
        return self.kind == "Pod"


class Identity(Struct, frozen=True, kw_only=True):
    """What is known of a workflow object besides its manifest."""

    uid: WorkflowUid
    name: str
    namespace: str
    created_at: datetime


class Repository(Struct, frozen=True, kw_only=True):
    """Where artifacts lie that have no location of their own.

    ``location`` is theirs with a key for one pod, ``storage`` the same as it is written, for keys that are known.
    ``logs`` archives every log, whatever templates say.
    """

    location: Compiled
    storage: JsonObject
    logs: bool = False


class Plan(Struct, frozen=True, kw_only=True, eq=False):
    """All that the engine needs of a manifest.

    ``pod_names`` is the form of the names of pods, ``v1`` or ``v2``; ``passing`` a pattern of messages of failures
    that pass, besides those that are known.  ``max_depth`` is how deep templates may call each other; 0: any depth.
    """

    identity: Identity
    workflow: Workflow
    spec: WorkflowSpec
    templates: Mapping[TemplateKey, TemplatePlan]
    variables: Mapping[str, JsonValue]
    arguments: ArgumentsPlan
    hooks: tuple[HookPlan, ...]
    exit: HookPlan | None
    base: TemplateKey
    pod_spec: Compiled
    repository: Repository
    metrics: tuple[MetricPlan, ...] = ()
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    synchronization: Compiled | None = None
    pause_on_failure: bool = False
    pod_names: str = "v2"
    passing: str = ""
    max_depth: int = MAX_DEPTH
    pods: PodDefaults = POD_DEFAULTS

    def find(self, base: TemplateKey, name: str | None, ref: TemplateRef | None) -> TemplatePlan | str:
        """The template that a caller in ``base`` names, or the text that says why there is none."""
        if ref is not None and (ref.name or ref.template):
            scope = "cluster" if ref.cluster_scope else "namespaced"
            found = self.templates.get(TemplateKey(scope, ref.name or "", ref.template or ""))
            if found is None:
                known = any(key.scope == scope and key.resource == ref.name for key in self.templates)
                if known:
                    return f"template {ref.template} not found in workflow template {ref.name}"
                return f"workflow template {ref.name} not found"
            return found
        found = self.templates.get(TemplateKey(base.scope, base.resource, name or ""))
        return found if found is not None else f"template {name} not found"


#: A whole string that is one simple tag.
EXACT_TAG = re.compile(r"\s*\{\{\s*([^{}=][^{}]*?)\s*\}\}\s*\Z")
