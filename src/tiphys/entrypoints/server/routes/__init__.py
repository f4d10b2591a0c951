"""One module per resource; each has a ``ROUTES`` tuple.  They do not import each other.  This is the one list."""

from __future__ import annotations

from tiphys.entrypoints.server.kube import paths as kube
from tiphys.entrypoints.server.routes import (
    access,
    actions,
    archived,
    artifacts,
    description,
    events,
    follow,
    history,
    info,
    linting,
    metrics,
    oauth2,
    overview,
    preferences,
    schedules,
    static,
    stored,
    sync,
    templates,
    tokens,
    versions,
    workflows,
)

_OTHERS = (
    *info.ROUTES,
    *metrics.ROUTES,
    *workflows.ROUTES,
    *actions.ROUTES,
    *follow.ROUTES,
    *linting.ROUTES,
    *templates.ROUTES,
    *archived.ROUTES,
    *events.ROUTES,
    *stored.ROUTES,
    *sync.ROUTES,
    *artifacts.ROUTES,
    *schedules.ROUTES,
    *history.ROUTES,
    *access.ROUTES,
    *overview.ROUTES,
    *preferences.ROUTES,
    *tokens.ROUTES,
    *versions.ROUTES,
    *kube.ROUTES,
    *oauth2.ROUTES,
    *static.ROUTES,
)

ROUTES = (*_OTHERS, description.described(_OTHERS))
