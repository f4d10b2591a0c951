"""URLs taken apart and put together (sprig's ``urlParse`` and ``urlJoin``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.lexer import quote
from tiphys.core.expr.utf8 import from_utf8, utf8

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)\Z", re.DOTALL)
_PORT = re.compile(r":[0-9]*")
#: Ascii characters that a host may not have.
_NO_HOST = re.compile(r"[ \\^`{|}]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@!*'()")


def parse_url(text: str) -> dict[str, Any]:
    """Split a URL.

    Raises:
        Fault: not a URL.
    """
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise _bad(text, "net/url: invalid control character in URL")
    remaining, _, fragment = text.partition("#")
    match = _SCHEME.match(remaining)
    scheme = match.group(1).lower() if match else ""
    remaining = match.group(2) if match else remaining
    if match is None and remaining.startswith(":"):
        raise _bad(text, "missing protocol scheme")
    remaining, _, query = remaining.partition("?")
    opaque, authority = "", ""
    if not scheme and ":" in remaining.partition("/")[0]:
        raise _bad(text, "first path segment in URL cannot contain colon")
    if scheme and not remaining.startswith("/"):
        opaque, remaining = remaining, ""
    elif remaining.startswith("//"):
        authority, slash, rest = remaining[2:].partition("/")
        remaining = slash + rest
    userinfo, _, host = authority.rpartition("@")
    _check_host(text, host)
    return {
        "scheme": scheme,
        "host": host,
        "hostname": _hostname(host),
        "path": _unescape(text, remaining),
        "query": query,
        "opaque": opaque,
        "fragment": _unescape(text, fragment),
        "userinfo": userinfo,
    }


def _check_host(url: str, host: str) -> None:
    """Refuse what Go refuses in a host: an open bracket, a port that is no number, characters out of place."""
    if host.startswith("["):
        _, closed, rest = host.rpartition("]")
        if not closed:
            raise _bad(url, "missing ']' in host")
    else:
        rest = ":" + host.rpartition(":")[2] if ":" in host else ""
    if rest and _PORT.fullmatch(rest) is None:
        raise _bad(url, f"invalid port {quote(rest)} after host")
    if wrong := _NO_HOST.search(host):
        raise _bad(url, f"invalid character {quote(wrong.group())} in host name")


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    return name if colon and (not port or port.isdigit()) else host


def _unescape(url: str, text: str) -> str:
    bad = _BAD_ESCAPE.search(text)
    if bad is not None:
        raise _bad(url, f"invalid URL escape {quote(bad.group())}")
    if "%" not in text:
        return text
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), utf8(text))
    return from_utf8(data)


def _bad(url: str, reason: str) -> Fault:
    return Fault(f"unable to parse url: parse {quote(url)}: {reason}")


def join_url(parts: Mapping[str, Any]) -> str:
    """Put a URL together from the keys that ``parse_url`` gives."""
    found = {key: _part(parts, key) for key in ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")}
    text = found["scheme"] + ":" if found["scheme"] else ""
    if found["opaque"]:
        text += found["opaque"]
    else:
        if found["scheme"] or found["host"] or found["userinfo"]:
            text += "//" if found["host"] or found["path"] or found["userinfo"] else ""
            text += found["userinfo"] + "@" if found["userinfo"] else ""
            text += found["host"]
        path = _escape(found["path"])
        text += "/" + path if path and not path.startswith("/") and found["host"] else path
    text += "?" + found["query"] if found["query"] else ""
    return text + "#" + _escape(found["fragment"]) if found["fragment"] else text


def _part(parts: Mapping[str, Any], key: str) -> str:
    value = parts.get(key, "")
    if not isinstance(value, str):
        raise Fault(f"unable to parse {key} key, must be of type string")
    return value


def _escape(text: str) -> str:
    data = utf8(text)
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)
