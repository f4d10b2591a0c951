"""Which ways of signing in a server has, and which one a credential is for (``spec/api.md`` 7.1)."""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.errors import ForbiddenError, TiphysError, UsageError
from tiphys.ports.identity import OWNER, Principal

#: A session of single sign-on, which a cookie or a header carries.
SESSION_PREFIX: Final = "Bearer v2:"


class Mode(enum.Enum):
    """A way of signing in."""

    CLIENT = "client"
    SERVER = "server"
    SSO = "sso"


def modes_of(names: Iterable[str]) -> frozenset[Mode]:
    """The modes that ``--auth-mode`` names; without any it is ``client``.

    Raises:
        UsageError: no mode is called so.
    """
    found: set[Mode] = set()
    for name in names:
        if name == "hybrid":
            found |= {Mode.CLIENT, Mode.SERVER}
        elif name in {mode.value for mode in Mode}:
            found.add(Mode(name))
        else:
            raise UsageError(f"invalid mode {name!r}", "there is client, server, sso and hybrid", "--auth-mode")
    return frozenset(found or {Mode.CLIENT})


class Gatekeeper:
    """Decides by the text of a credential which mode answers for it; only that one does.

    A bad token is refused although the server would let somebody without any token in: nobody silently becomes
    somebody else (CVE class of GHSA-prqf-xr2j-xf65).  ``client`` knows tokens, ``sso`` sessions of a namespace.
    """

    def __init__(
        self,
        modes: frozenset[Mode],
        client: Iterable[Callable[[str], Principal | None]],
        sso: Callable[[str, str], Principal | None] | None = None,
    ) -> None:
        self._modes = modes
        self._client = tuple(client)
        self._sso = sso if Mode.SSO in modes else None

    def __call__(self, headers: Mapping[str, str], namespace: str = "") -> Principal:
        """Who asks.

        Raises:
            UnauthenticatedError: nobody that this server knows.
            ForbiddenError: somebody whom no ServiceAccount stands for.
        """
        try:
            return self._decide(headers, namespace)
        except (UnauthenticatedError, ForbiddenError):
            raise
        except (TiphysError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            # Whatever goes wrong while somebody signs in means that they are not signed in.
            raise UnauthenticatedError from error

    def _decide(self, headers: Mapping[str, str], namespace: str) -> Principal:
        offered = credentials(headers)
        for credential in offered:
            if self._sso is not None and credential.startswith(SESSION_PREFIX):
                found = self._sso(credential.removeprefix(SESSION_PREFIX), namespace)
            elif Mode.CLIENT in self._modes and credential.lower().startswith(("bearer ", "basic ")):
                found = self._known(credential)
            else:
                continue
            if found is None:
                raise UnauthenticatedError
            return found
        if Mode.SERVER in self._modes:
            return OWNER
        raise UnauthenticatedError

    def _known(self, credential: str) -> Principal | None:
        token = token_of(credential)
        found = (way(token) for way in self._client)
        return next((item for item in found if item is not None), None) if token else None


def token_of(credential: str) -> str:
    """The token of a credential; with ``Basic`` it is the password.  Empty when there is none."""
    scheme, _, value = credential.partition(" ")
    value = value.strip()
    if scheme.lower() != "basic":
        return value
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
