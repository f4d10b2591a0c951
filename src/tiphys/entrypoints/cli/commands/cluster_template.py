"""``tiphys cluster-template``."""

from __future__ import annotations

from tiphys.entrypoints.cli.definitiongroup import group_of
from tiphys.entrypoints.cli.definitions import CLUSTER_TEMPLATE
from tiphys.entrypoints.cli.output.definitions import TemplatePrinting

_PRINTING = TemplatePrinting("ClusterWorkflowTemplate", namespaced=False)
command = group_of(CLUSTER_TEMPLATE, _PRINTING, "cluster-template", "Manage ClusterWorkflowTemplates.")
