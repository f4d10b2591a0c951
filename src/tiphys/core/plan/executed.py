"""What of a stored workflow is executed: what its first pass pinned, never what the files say by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec

#: Annotation of a workflow: the values of config maps that it may read, as a JSON object of objects.
CONFIG_MAPS = "tiphys.dev/config-maps"
#: Part of a key of ``status.storedTemplates`` that stands before the name of the step of an inline template.
INLINE = "inline/"


def executed_spec(workflow: Workflow) -> WorkflowSpec:
    """The spec that runs: the pinned one where the workflow refers to a template (``spec/engine.md`` 26.1).

    ``suspend`` and ``shutdown`` are always those of the workflow itself, since people change them while it runs.
    """
    spec = workflow.spec or WorkflowSpec()
    stored = workflow.status.stored_workflow_template_spec if workflow.status is not None else None
    if spec.workflow_template_ref is None or stored is None:
        return spec
    return msgspec.structs.replace(stored, suspend=spec.suspend, shutdown=spec.shutdown or stored.shutdown)


def stored_templates(workflow: Workflow) -> Mapping[str, Template]:
    """Templates of other resources that were pinned, by the keys of ``spec/engine.md`` 26.3."""
    return (workflow.status.stored_templates if workflow.status is not None else None) or {}


def pinned_config_maps(workflow: Workflow) -> Mapping[str, Mapping[str, str]]:
    """The values of config maps that were pinned, by name and key."""
    annotations = (workflow.metadata.annotations if workflow.metadata is not None else None) or {}
    text = annotations.get(CONFIG_MAPS)
    return cast("dict[str, dict[str, str]]", msgspec.json.decode(text)) if text else {}


def own_annotations(workflow: Workflow) -> Mapping[str, str]:
    """The annotations without those that pinning made."""
    annotations = (workflow.metadata.annotations if workflow.metadata is not None else None) or {}
    return {key: value for key, value in annotations.items() if key != CONFIG_MAPS}
