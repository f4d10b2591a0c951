"""``tiphys template``."""

from __future__ import annotations

from tiphys.entrypoints.cli.definitiongroup import group_of
from tiphys.entrypoints.cli.definitions import TEMPLATE
from tiphys.entrypoints.cli.output.definitions import TemplatePrinting

_PRINTING = TemplatePrinting("WorkflowTemplate", namespaced=True)
command = group_of(TEMPLATE, _PRINTING, "template", "Manage WorkflowTemplates.")
