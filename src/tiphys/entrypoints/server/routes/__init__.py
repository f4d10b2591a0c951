"""One module per resource; each has a ``ROUTES`` tuple.  They do not import each other.  This is the one list."""

from __future__ import annotations

from tiphys.entrypoints.server.routes import info, static, workflows

ROUTES = (*info.ROUTES, *workflows.ROUTES, *static.ROUTES)
