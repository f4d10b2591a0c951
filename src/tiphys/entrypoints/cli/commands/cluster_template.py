"""``tiphys cluster-template``."""

from __future__ import annotations

from tiphys.entrypoints.cli.definitions import CLUSTER_TEMPLATE
from tiphys.entrypoints.cli.templatecommands import group_of

command = group_of(CLUSTER_TEMPLATE, "cluster-template", "Manage ClusterWorkflowTemplates.")
