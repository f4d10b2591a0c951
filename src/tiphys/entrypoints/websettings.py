"""Argo's variables of the server that are no flags (``spec/features.md``, appendix E)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tiphys.errors import UsageError

_MODALS = {"feedback": "FEEDBACK_MODAL", "firstTimeUser": "FIRST_TIME_USER_MODAL", "newVersion": "NEW_VERSION_MODAL"}
_TLS = "TLS_MIN_VERSION"
#: Versions as Go and OpenSSL number them, and as every command reads the settings but few need ``ssl``, which is slow
#: to import.  Older versions are refused whatever the variable says.
_TLS_1_2, _TLS_1_3 = 771, 772


class WebSettings(Struct, frozen=True, kw_only=True):
    """What the environment says of the server.

    ``artifacts`` is whether it sends them, ``artifact_policy`` and ``artifact_framing`` are headers of those that it
    sends (empty: as they are).  ``unlisted`` is an RE2 pattern of labels whose values are not listed.
    ``address_headers`` say where a request comes from, where a proxy writes them.  ``tls_minimum`` is the number of an
    ``ssl.TLSVersion``.  ``body_limit`` and ``upload_limit`` are in bytes.
    """

    artifacts: bool = True
    artifact_policy: str = ""
    artifact_framing: str = ""
    unlisted: str = ""
    modals: tuple[str, ...] = ()
    address_headers: tuple[str, ...] = ()
    tls_minimum: int = _TLS_1_2
    body_limit: int = 100 << 20
    upload_limit: int = 1 << 30


def web_settings(variables: Mapping[str, str]) -> WebSettings:
    """The settings of variables that are not empty.

    Raises:
        UsageError: a variable is wrong; names it.
    """
    headers = variables.get("IP_KEY_FUNC_HEADERS", "").split(",")
    return WebSettings(
        artifacts=variables.get("ARGO_ARTIFACT_SERVER", "").lower() != "false",
        artifact_policy=variables.get("ARGO_ARTIFACT_CONTENT_SECURITY_POLICY", ""),
        artifact_framing=variables.get("ARGO_ARTIFACT_X_FRAME_OPTIONS", ""),
        unlisted=variables.get("DISABLE_VALUE_LIST_RETRIEVAL_KEY_PATTERN", ""),
        modals=tuple(key for key, name in _MODALS.items() if variables.get(name, "").lower() != "false"),
        address_headers=tuple(filter(None, (name.strip().lower() for name in headers))),
        tls_minimum=_tls_minimum(variables.get(_TLS, "771")),
        body_limit=_bytes(variables, "GRPC_MESSAGE_SIZE", 100 << 20),
        upload_limit=_bytes(variables, "ARGO_SERVER_MAX_ARTIFACT_UPLOAD_BYTES", 1 << 30),
    )


def _tls_minimum(text: str) -> int:
    if text not in (str(_TLS_1_2), str(_TLS_1_3)):
        raise UsageError(f"{text!r} is no version of TLS", "write 771 (TLS 1.2) or 772 (TLS 1.3)", _TLS)
    return int(text)


def _bytes(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or not int(text):
        raise UsageError(f"{text!r} is no number of bytes", "write a whole number above 0", name)
    return int(text)
