"""Single sign-on: away to the provider and back (``spec/api.md`` 7.2)."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.entrypoints.server.auth.credentials import COOKIE
from tiphys.entrypoints.server.auth.sso.flow import STATE, STATE_SECONDS, SingleSignOn, target_of
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import UnauthenticatedError, UnimplementedError
from tiphys.entrypoints.server.routing import Open, Route


def leave(parts: Parts, call: Call) -> Answer | JsonValue:
    """Send somebody to the provider, with a cookie that remembers where they wanted to go."""
    sso = _sso(parts)
    target = target_of(call.query.text("redirect"), parts.options.base_href)
    state, address = sso.leave(_back(parts, call, sso))
    secure = "; Secure" if parts.options.secure else ""
    path = parts.options.base_href
    cookie = f"{state}={quote(target)}; Max-Age={STATE_SECONDS}; Path={path}; HttpOnly; SameSite=Lax{secure}"
    return Answer(status=302, body=b"", headers={"location": address, "cache-control": "no-store"}, cookies=(cookie,))


def arrive(parts: Parts, call: Call) -> Answer | JsonValue:
    """Take somebody back and give them their session."""
    sso, state = _sso(parts), call.query.text("state")
    target = _cookie(call, state) if STATE.fullmatch(state) else None
    if target is None:
        return Answer(status=400, body=b"")
    try:
        credential = sso.arrive(call.query.text("code"), state, _back(parts, call, sso))
    except UnauthenticatedError:
        return Answer(status=401, body=b"")
    secure, path = ("; Secure" if parts.options.secure else ""), parts.options.base_href
    session = f'{COOKIE}="{credential}"; Max-Age={sso.seconds}; Path={path}; SameSite=Strict{secure}'
    gone = f"{state}=; Max-Age=0; Path={path}; HttpOnly; SameSite=Lax{secure}"
    headers = {"location": target_of(target, path), "cache-control": "no-store"}
    return Answer(status=302, body=b"", headers=headers, cookies=(session, gone))


def _sso(parts: Parts) -> SingleSignOn:
    if parts.sso is None:
        raise UnimplementedError
    return parts.sso


def _back(parts: Parts, call: Call, sso: SingleSignOn) -> str:
    scheme = "https" if parts.options.secure else call.headers.get("x-forwarded-proto", "http")
    host = call.headers.get("host", "")
    return sso.redirect_url(f"{scheme}://{host}{parts.options.base_href}oauth2/callback")


def _cookie(call: Call, name: str) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(call.headers.get("cookie", ""))
    except CookieError:
        return None
    morsel = cookies.get(name)
    return unquote(morsel.value) if morsel is not None else None


ROUTES = (
    Route("GET", "/oauth2/redirect", Open.PUBLIC, leave),
    Route("GET", "/oauth2/callback", Open.PUBLIC, arrive),
)
