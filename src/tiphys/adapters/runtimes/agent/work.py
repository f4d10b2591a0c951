"""What a piece of work is given and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.secret import Secret

#: One key of a Secret of a namespace: (namespace, name, key); None when there is none.
SecretLookup = Callable[[str, str, str], Secret | None]

#: Sending these again does no harm when it is not known whether they arrived.
REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


class Task(Struct, frozen=True, kw_only=True):
    """One template to carry out: ``cancelled`` is set when nobody waits for it any more."""

    uid: str
    workflow: str
    namespace: str
    template: JsonObject
    secret: SecretLookup
    cancelled: Event


class Plugin(Struct, frozen=True):
    """One executor plugin: where it answers (empty while it starts), and the token by which it knows us.

    ``over`` is why its Pod has ended, if it has: it will answer no more.
    """

    name: str
    address: str
    token: str
    over: str = ""


class Done(Struct, frozen=True, kw_only=True):
    """What came of it.

    ``requeue`` are the seconds after which it is to be asked again; None when it is over.  ``exit_code`` is shown for
    templates that Argo runs as pods.
    """

    phase: str
    message: str = ""
    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[JsonObject, ...] = ()
    progress: str | None = None
    requeue: float | None = None
    exit_code: int | None = None


def hide(text: str, secrets: list[str]) -> str:
    """A text without the values of secrets."""
    for value in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def method_of(template: JsonObject) -> str:
    """The method of an ``http`` template."""
    http = template.get("http")
    return str((http.get("method") if isinstance(http, dict) else None) or "GET")
