"""``http`` templates (``spec/engine.md`` 19.3)."""

from __future__ import annotations

import base64
import time
from typing import Final

import httpx

from tiphys.adapters.runtimes.agent.guard import GuardedTransport
from tiphys.adapters.runtimes.agent.work import Done, Task, hide
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.template import HTTP
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.http import Request, Response, http_failure

#: As documented; Argo's code waits for ever.
DEFAULT_SECONDS: Final = 30.0
#: A larger body fails the node instead of filling the memory.
LARGEST_BODY: Final = 16 * 1024 * 1024
_REDIRECTS: Final = 10


class _HttpError(Exception):
    """What the node shows."""


def perform(task: Task) -> Done:
    """Send the request and judge the answer; no value of a secret is in the outcome's message."""
    secrets: list[str] = []
    try:
        return _perform(task, secrets)
    except (_HttpError, TemplateError) as error:
        return Done(phase="Failed", message=hide(str(error), secrets))


def _perform(task: Task, secrets: list[str]) -> Done:
    template = check(HTTP, task.template.get("http"), strict=False).record
    if template is None:
        raise _HttpError("the http template cannot be read")
    method, body = template.method or "GET", _body(template)
    headers = _headers(task, template, secrets)
    seconds = float(template.timeout_seconds) if template.timeout_seconds is not None else DEFAULT_SECONDS
    scheme = template.url.partition(":")[0].lower() if "://" in template.url else ""
    if scheme not in ("http", "https"):
        raise _HttpError(f'{method.capitalize()} "{template.url}": unsupported protocol scheme "{scheme}"')
    try:
        status, received, names = _send(task, template, method, headers, body, seconds)
    except httpx.HTTPError as error:
        raise _HttpError(f'{method.capitalize()} "{template.url}": {_reason(error)}') from None
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise _HttpError(f'parse "{template.url}": {error}') from None
    request = Request(method=method, url=template.url, body=body.decode(errors="replace"), headers=headers)
    failure = http_failure(template.success_condition, request, Response(status=status, body=received, headers=names))
    return Done(phase="Failed" if failure else "Succeeded", message=failure or "", result=received)


def _body(template: HTTP) -> bytes:
    if template.body_from is not None and template.body_from.bytes is not None:
        return base64.b64decode(template.body_from.bytes)
    return (template.body or "").encode()


def _headers(task: Task, template: HTTP, secrets: list[str]) -> list[tuple[str, str]]:
    """The headers with the values of secrets filled in; those values are added to ``secrets``."""
    found = []
    for header in template.headers or ():
        reference = header.value_from.secret_key_ref if header.value_from is not None else None
        if reference is None:
            found.append((header.name, header.value or ""))
            continue
        secret = task.secret(task.namespace, reference.name or "", reference.key)
        if secret is None:
            if reference.optional:
                continue
            raise _HttpError(f'secrets "{reference.name}" not found, or it has no key "{reference.key}"')
        value = secret.reveal().decode(errors="replace").strip("\r\n")
        secrets.append(value)
        found.append((header.name, value))
    return found


def _send(
    task: Task, template: HTTP, method: str, headers: list[tuple[str, str]], body: bytes, seconds: float
) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, body and headers of the answer; the whole exchange takes no longer than ``seconds``."""
    end = time.monotonic() + seconds if seconds > 0 else None
    transport = GuardedTransport(verify=not template.insecure_skip_verify)
    timeout = httpx.Timeout(seconds if seconds > 0 else None)
    with httpx.Client(transport=transport, timeout=timeout, follow_redirects=True, max_redirects=_REDIRECTS) as client:
        default = (
            [("User-Agent", "Go-http-client/1.1")] if not any(n.lower() == "user-agent" for n, _ in headers) else []
        )
        client.headers.clear()
        with client.stream(method, template.url, headers=[*default, *headers], content=body or None) as response:
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > LARGEST_BODY:
                    raise _HttpError(f"the body of the answer is larger than {LARGEST_BODY >> 20} MiB")
                if task.cancelled.is_set() or (end is not None and time.monotonic() > end):
                    raise httpx.ReadTimeout("the body took too long")
            return response.status_code, received.decode(errors="replace"), response.headers.multi_items()


def _reason(error: httpx.HTTPError) -> str:
    """What Go says of an error, as far as it has words of its own."""
    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    if isinstance(error, httpx.TooManyRedirects):
        return f"stopped after {_REDIRECTS} redirects"
    text = str(error)
    if "Connection refused" in text:
        return "connect: connection refused"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    if isinstance(error, httpx.RemoteProtocolError):
        return "EOF"
    return text or type(error).__name__
