"""How long a node may wait to begin: ``timeout`` and ``pendingTimeout`` of its template (``spec/engine.md`` 16.2)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from tiphys.core.engine.durations import add, parse_duration
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.template.render import Mode

MESSAGE = "timeout"


def pending_until(node: Node) -> datetime | None:
    """When a node that still waits has failed; None when it may wait for ever.

    Raises:
        TemplateError: a tag cannot be resolved.
        ValueError: a duration is malformed.
    """
    template = node.template
    if template is None or node.scope is None:
        return None
    own = template.template
    if not (own.timeout or own.pending_timeout):
        return None
    body = cast(JsonObject, template.body.render(node.scope, Mode.LENIENT))
    texts = [str(body[name]) for name in ("timeout", "pendingTimeout") if body.get(name)]
    return min((add(node.started_at, parse_duration(text)) for text in texts), default=None)
