"""The web UI: its files, its pages by history fallback, and the headers that keep it to itself (``spec/api.md`` 20).

Every address that is no file is a page of the UI, so index.html answers it.  The policy allows no inline script or
style and no other origin; only widgets may be framed, and only by pages of this server.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Mapping
from html import escape
from pathlib import Path

from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import UnimplementedError
from tiphys.entrypoints.server.routing import Open, Route

#: Where ``make ui`` and the wheel's build put the UI; not under version control.
FOLDER = Path(__file__).parent.parent / "static"
#: First segments that are no pages: what is unknown below them is unknown.
SERVICES = frozenset(
    {
        "api",
        "oauth2",
        "artifacts",
        "input-artifacts",
        "artifacts-by-uid",
        "input-artifacts-by-uid",
        "artifact-files",
        "upload-artifacts",
        "metrics",
        "apis",
        "healthz",
        "livez",
        "readyz",
    }
)
BASE = b'<base href="/" />'
FOREVER = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; frame-src 'self' blob:; base-uri 'self'; form-action 'self'"
)
_ANCESTORS = {"DENY": "'none'", "SAMEORIGIN": "'self'"}
_MISSING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tiphys</title></head><body>
<h1>Tiphys is running, without its web UI</h1>
<p>This installation was made where Node.js and npm were missing, so the UI was not built.</p>
<p>In a clone run <code>make ui</code>; otherwise install Node.js 20.19 or later with npm and run
<code>pip install --force-reinstall .</code> again.  Then start the server again.</p>
<p>The API works: <a href="{base}api/v1/version">{base}api/v1/version</a>, with the token that the server printed.</p>
</body></html>
"""


def static(parts: Parts, call: Call) -> Answer:
    """A file of the UI, or the page that shows all others."""
    path = call.path["path"]
    first = path.partition("/")[0]
    if first in SERVICES:
        raise UnimplementedError
    file, headers = _file(path), _headers(first, parts.options.frame_options)
    if file is not None and file.name != "index.html":
        return _content(file.read_bytes(), _type(file), _caching(path), call, headers)
    if first == "assets":
        return Answer(status=404, body=b"no such file", headers={"content-type": "text/plain", **headers})
    return _page(parts.options.base_href, call, headers)


def _page(base: str, call: Call, headers: Mapping[str, str]) -> Answer:
    try:
        page = (FOLDER / "index.html").read_bytes()
    except FileNotFoundError:
        page = _MISSING.format(base=escape(base, quote=True)).encode()
    page = page.replace(BASE, f'<base href="{escape(base, quote=True)}" />'.encode(), 1)
    return _content(page, "text/html; charset=utf-8", "no-cache", call, headers)


def _file(path: str) -> Path | None:
    """The file at a path below the folder; nothing hidden, nothing outside."""
    segments = path.split("/")
    if any(segment.startswith(".") or "\\" in segment or "\0" in segment for segment in segments):
        return None
    file = FOLDER.joinpath(*segments)
    return file if path and file.is_file() and file.resolve().is_relative_to(FOLDER.resolve()) else None


def _type(file: Path) -> str:
    # Browsers refuse modules of any other type, and a machine's own table may say something else.
    if file.suffix == ".js":
        return "text/javascript; charset=utf-8"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _caching(path: str) -> str:
    """Files below ``assets`` carry the hash of their content in their name."""
    return FOREVER if path.startswith("assets/") else "no-cache"


def _content(data: bytes, kind: str, caching: str, call: Call, more: Mapping[str, str]) -> Answer:
    headers = {"content-type": kind, "cache-control": caching, "vary": "accept-encoding", **more}
    if len(data) > 1400 and "gzip" in call.headers.get("accept-encoding", "") and not kind.startswith("image/png"):
        data = gzip.compress(data, 6, mtime=0)
        headers["content-encoding"] = "gzip"
    return Answer(body=data, headers=headers)


def _headers(first: str, framing: str) -> dict[str, str]:
    """``framing`` is ``X-Frame-Options`` of all pages but widgets; empty, or another word, lets everybody do it."""
    word = "SAMEORIGIN" if first == "widgets" and framing == "DENY" else framing
    ancestors = _ANCESTORS.get(word.upper())
    return {
        "content-security-policy": f"{_POLICY}; frame-ancestors {ancestors}" if ancestors else _POLICY,
        **({"x-frame-options": word} if word else {}),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }


ROUTES = (Route("GET", "/{path...}", Open.PUBLIC, static),)
