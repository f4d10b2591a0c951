"""sprig functions that are switched off: they would reach the network or make secrets."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import ANY, rest
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.structs import Function

_NETWORK = ("getHostByName",)
_SECRETS = (
    "bcrypt",
    "htpasswd",
    "genPrivateKey",
    "derivePassword",
    "buildCustomCert",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "encryptAES",
    "decryptAES",
)


def _refuse(name: str, reason: str) -> Callable[..., Any]:
    def refuse(*arguments: Any) -> Any:
        raise Fault(f"sprig.{name} is switched off: {reason}")

    return refuse


def _off(names: tuple[str, ...], reason: str) -> list[Function]:
    return [rest(name, _refuse(name, reason), ANY) for name in names]


FUNCTIONS = (
    *_off(_NETWORK, "expressions do not reach the network"),
    *_off(_SECRETS, "expressions do not make secrets"),
)
