"""Before a workflow runs, everything that it refers to is pinned in its own object (``spec/engine.md`` 26).

What is pinned: the merged spec in ``status.storedWorkflowTemplateSpec``, the templates that its calls can reach in
``status.storedTemplates``, and the values of config maps that its parameters can read.  From then on the files play
no part any more: edits of them change nothing, and a resumed run needs none of them.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.strategy import WorkflowTemplateRef
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.plan.executed import CONFIG_MAPS, executed_spec, pinned_config_maps, stored_templates
from tiphys.core.plan.merge import merge_specs
from tiphys.core.plan.reach import reach
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import NotFoundError

TEMPLATE_LABEL = "workflows.argoproj.io/workflow-template"
CLUSTER_TEMPLATE_LABEL = "workflows.argoproj.io/cluster-workflow-template"
CRON_LABEL = "workflows.argoproj.io/cron-workflow"


def pin(
    workflow: Workflow, library: Library = EMPTY, namespace: str = "", defaults: WorkflowSpec | None = None
) -> Workflow:
    """The workflow with all that it refers to inside; what is pinned already stays as it is, so idempotent.

    A templateRef to something that does not exist is left to the node that makes the call, as Argo does.

    Args:
        workflow: A workflow of any age.
        library: What else there is: templates and config maps.
        namespace: Where templates and config maps are looked for.
        defaults: The controller's defaults; they count only where the spec is merged with that of a template.

    Raises:
        NotFoundError: there is no template of the name in ``workflowTemplateRef``.
    """
    workflow = _with_spec(workflow, library, namespace, defaults)
    found = reach(executed_spec(workflow), stored_templates(workflow), library, namespace)
    if found.templates != stored_templates(workflow):
        status = workflow.status or WorkflowStatus()
        workflow = replace(workflow, status=replace(status, stored_templates=found.templates))
    return _with_config_maps(workflow, found.config_maps(library, namespace))


def _with_spec(workflow: Workflow, library: Library, namespace: str, defaults: WorkflowSpec | None) -> Workflow:
    spec, status = workflow.spec or WorkflowSpec(), workflow.status or WorkflowStatus()
    reference = spec.workflow_template_ref
    if reference is None or status.stored_workflow_template_spec is not None:
        return workflow
    template = _needed(reference, library, namespace)
    merged = merge_specs(spec, template, defaults)
    meta = workflow.metadata or ObjectMeta()
    label = CLUSTER_TEMPLATE_LABEL if reference.cluster_scope else TEMPLATE_LABEL
    return replace(
        workflow,
        metadata=replace(meta, labels={**(meta.labels or {}), label: reference.name or ""}),
        status=replace(status, stored_workflow_template_spec=merged),
    )


def referenced(reference: WorkflowTemplateRef | None, library: Library, namespace: str) -> WorkflowSpec | None:
    """The spec of the template that a whole workflow refers to; None when there is none."""
    name = reference.name or "" if reference is not None else ""
    if reference is not None and reference.cluster_scope:
        found = library.cluster_workflow_template(name)
        return (found.spec or WorkflowSpec()) if found is not None else None
    template = library.workflow_template(namespace, name)
    return (template.spec or WorkflowSpec()) if template is not None else None


def _needed(reference: WorkflowTemplateRef, library: Library, namespace: str) -> WorkflowSpec:
    found = referenced(reference, library, namespace)
    if found is None:
        resource = "clusterworkflowtemplates" if reference.cluster_scope else "workflowtemplates"
        raise NotFoundError(
            f'{resource}.argoproj.io "{reference.name or ""}" not found',
            "give the file with the template in the same call",
            namespace,
        )
    return found


def _with_config_maps(workflow: Workflow, values: dict[str, dict[str, str]]) -> Workflow:
    pinned = pinned_config_maps(workflow)
    if not values or pinned:
        return workflow
    meta = workflow.metadata or ObjectMeta()
    text = msgspec.json.encode(values).decode()
    return replace(workflow, metadata=replace(meta, annotations={**(meta.annotations or {}), CONFIG_MAPS: text}))
