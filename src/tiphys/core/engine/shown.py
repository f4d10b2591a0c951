"""The display name that a template's metadata gives its nodes (``spec/engine.md`` 4.4)."""

from __future__ import annotations

import re
from typing import cast

from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.template.render import Mode

ANNOTATION = "workflows.argoproj.io/display-name"
_FORM = "^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$"
_PATTERN = _FORM.replace("$", r"\Z")
PROBLEM = f"displayName must match the regex {_FORM}"


def apply(node: Node) -> bool:
    """Give a new node the display name that its template asks for; False when that is none."""
    template = node.template
    metadata = template.template.metadata if template is not None else None
    if template is None or node.scope is None or metadata is None or ANNOTATION not in (metadata.annotations or {}):
        return True
    body = cast(JsonObject, template.body.render(node.scope, Mode.LENIENT))
    annotations = cast(JsonObject, cast(JsonObject, body["metadata"])["annotations"])
    name = str(annotations[ANNOTATION])
    if not name:
        return True
    if not re.match(_PATTERN, name):
        return False
    node.display_name = name
    return True
