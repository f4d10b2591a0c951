"""Tries the ways of signing in, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.ports.identity import Principal

Way = Callable[[str], Principal | None]
"""A credential with its scheme → who it belongs to, or None when this way does not know it."""


class SignIns:
    """The ways of signing in of one server; ``nobody`` is who asks without any credential, where that is allowed."""

    def __init__(self, ways: Sequence[Way], nobody: Principal | None = None) -> None:
        self._ways = ways
        self._nobody = nobody

    def __call__(self, headers: Mapping[str, str]) -> Principal:
        """Who asks.

        Raises:
            UnauthenticatedError: nobody that this server knows.
        """
        offered = credentials(headers)
        for credential in offered:
            for way in self._ways:
                principal = way(credential)
                if principal is not None:
                    return principal
        if not offered and self._nobody is not None:
            return self._nobody
        raise UnauthenticatedError
