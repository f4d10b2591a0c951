"""What a server is made of; ``entrypoints/wire.py`` fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from tiphys.app.services.submission import Submission
from tiphys.ports.api import Api, LifecycleApi
from tiphys.ports.identity import Authorizer, Principal
from tiphys.ports.objects import Objects

#: Lower-case headers → who asks.  Raises ``UnauthenticatedError``; never answers with anybody else's identity.
SignIn = Callable[[Mapping[str, str]], Principal]


class ServerOptions(Struct, frozen=True, kw_only=True):
    """What a server can be told: ``body_limit`` in bytes, ``base_href`` with both slashes."""

    version: str
    namespace: str = "default"
    managed_namespace: str = ""
    base_href: str = "/"
    body_limit: int = 100 << 20


class Parts(Struct, frozen=True, kw_only=True):
    """The running parts that routes use."""

    api: Api
    lifecycle: LifecycleApi
    submission: Submission
    objects: Objects
    authorizer: Authorizer
    sign_in: SignIn
    options: ServerOptions
