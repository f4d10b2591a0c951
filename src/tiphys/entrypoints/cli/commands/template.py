"""``tiphys template``."""

from __future__ import annotations

from tiphys.entrypoints.cli.definitions import TEMPLATE
from tiphys.entrypoints.cli.templatecommands import group_of

command = group_of(TEMPLATE, "template", "Manage WorkflowTemplates.")
