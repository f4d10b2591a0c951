"""What Prometheus reads, under Argo's names (``spec/features.md`` M)."""

from __future__ import annotations

from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route


def metrics(parts: Parts, _call: Call) -> Answer:
    """All metrics as text."""
    headers = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}
    return Answer(body=parts.measures.text().encode(), headers=headers)


ROUTES = (Route("GET", "/metrics", Right("list", "workflows"), metrics),)
