"""Health, version, and who is asking (``spec/api.md`` 17)."""

from __future__ import annotations

import logging

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Open, Route

_LOG = logging.getLogger(__name__)
_LINK: JsonObject = {"name": "", "scope": "", "url": "", "target": ""}


class TrackingRequest(Struct, frozen=True):
    """What a person did."""

    name: str = ""


def healthz(_parts: Parts, _call: Call) -> Answer:
    """The process answers."""
    return Answer(body=b"ok", headers={"content-type": "text/plain; charset=utf-8"})


def readyz(parts: Parts, call: Call) -> Answer:
    """The process answers, and so does its store."""
    parts.store.version()
    return healthz(parts, call)


def version(parts: Parts, _call: Call) -> JsonObject:
    """What this server is."""
    return {**build_of(parts.options.version)}


def build_of(version: str) -> dict[str, str]:
    """Eight texts, always all of them."""
    return {
        "version": version,
        "buildDate": "1970-01-01T00:00:00Z",
        "gitCommit": "",
        "gitTag": version,
        "gitTreeState": "clean",
        "goVersion": "",
        "compiler": "cpython",
        "platform": "python",
    }


def info(parts: Parts, _call: Call) -> JsonObject:
    """What the user interface has to know; empty members are left out."""
    options = parts.options
    found: JsonObject = {
        "managedNamespace": options.managed_namespace,
        "links": [{**_LINK, **link} for link in options.links],
        "columns": [*options.columns],
        "modals": dict.fromkeys(options.modals, True),
        "navColor": options.nav_color,
    }
    return {key: value for key, value in found.items() if value}


def tracking(_parts: Parts, call: Call) -> JsonObject:
    """What a person did in the user interface: a line in the log, and nothing else."""
    name = call.record(TrackingRequest).name
    _LOG.info("tracking event %.200s of %s", name, call.principal.name)
    return {}


def userinfo(_parts: Parts, call: Call) -> JsonObject:
    """The caller, without what is empty."""
    principal = call.principal
    claims = principal.claims
    account = principal.service_account
    found: JsonObject = {
        "issuer": claims.get("iss"),
        "subject": claims.get("sub", principal.name),
        "groups": claims.get("groups", list(principal.groups)),
        "name": claims.get("name"),
        "email": claims.get("email"),
        "emailVerified": claims.get("email_verified"),
        "serviceAccountName": account[1] if account else None,
        "serviceAccountNamespace": account[0] if account else None,
    }
    return {key: value for key, value in found.items() if value}


ROUTES = (
    Route("GET", "/api/v1/info", Open.SIGNED_IN, info),
    Route("POST", "/api/v1/tracking/event", Open.SIGNED_IN, tracking),
    Route("GET", "/healthz", Open.PUBLIC, healthz),
    Route("GET", "/livez", Open.PUBLIC, healthz),
    Route("GET", "/readyz", Open.PUBLIC, readyz),
    Route("GET", "/api/v1/version", Open.SIGNED_IN, version),
    Route("GET", "/api/v1/userinfo", Open.SIGNED_IN, userinfo),
)
