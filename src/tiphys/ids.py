"""Names and identifiers, each a type of its own so that they cannot be mixed up."""

from __future__ import annotations

from typing import NewType

WorkflowUid = NewType("WorkflowUid", str)
#: Full node name, unique in a workflow: ``wf[0].a(1:x)``.
NodeName = NewType("NodeName", str)
#: What Argo's clients see: ``wf-<fnv32a of the name>``.
NodeId = NewType("NodeId", str)
TemplateName = NewType("TemplateName", str)
