"""One server: requests, its errors as ours, streams line by line (``spec/api.md`` 2-5, 21)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.errors import (
    AlreadyExistsError,
    ArtifactError,
    ForbiddenError,
    NotFoundError,
    RemoteError,
    TiphysError,
    UnsupportedError,
    UsageError,
    reason_of,
)
from tiphys.secret import Secret

if TYPE_CHECKING:
    import ssl

    import httpx

_LOG = logging.getLogger(__name__)
_ELSEWHERE = range(300, 400)
_OK, _NOT_FOUND, _NOT_IMPLEMENTED = 200, 404, 501
#: What gateways answer when no route fits; a missing object is named in its message.
_NO_ROUTE = frozenset({"Not Found", "Not Implemented"})
_BY_CODE: Mapping[int, type[TiphysError]] = {
    3: UsageError,
    5: NotFoundError,
    6: AlreadyExistsError,
    7: ForbiddenError,
    9: UsageError,
    16: ForbiddenError,
}


class ServerAddress(Struct, frozen=True, kw_only=True):
    """Where a server is and how it is asked.

    ``host`` is ``name:port``; ``token`` is sent as it is, with its scheme; ``base_href`` has no slash at its end.
    ``authorities``, ``certificate`` and ``key`` are PEM files, ``name`` is the name in the server's certificate.
    ``seconds`` is how long an answer may take.
    """

    host: str
    token: Secret
    secure: bool = True
    verify: bool = True
    base_href: str = ""
    headers: Sequence[tuple[str, str]] = ()
    authorities: str = ""
    certificate: str = ""
    key: str = ""
    name: str = ""
    proxy: str = ""
    seconds: float | None = 30.0
    compressed: bool = True

    @property
    def url(self) -> str:
        """The address below which the API lies."""
        return f"{'https' if self.secure else 'http'}://{self.host}{self.base_href}/"


class Connection:
    """Sends requests to one server.  Made when it is first used; to be closed."""

    def __init__(self, address: ServerAddress, transport: httpx.BaseTransport | None = None) -> None:
        import httpx

        self._address = address
        headers = [("authorization", address.token.reveal().decode().strip()), *address.headers]
        if not address.compressed:
            headers.append(("accept-encoding", "identity"))
        self._extensions = {"sni_hostname": address.name} if address.name else {}
        try:
            proxy = httpx.Proxy(address.proxy) if address.proxy else None
        except (ValueError, httpx.InvalidURL) as error:
            raise UsageError(
                f"the proxy cannot be used: {reason_of(error)}", "write http://host:port", "--proxy-url"
            ) from None
        self._client = httpx.Client(
            base_url=address.url,
            headers=headers,
            verify=_trust(address),
            timeout=address.seconds,
            proxy=proxy,
            transport=transport,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: JsonValue = None
    ) -> JsonObject:
        """Send a request and read its JSON object.

        Raises:
            TiphysError: what the server answered, by its code; ``RemoteError`` when it does not answer as it should.
        """
        return self._read(self._send(method, f"api/v1/{path}", query, body))

    def extension(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: JsonValue = None,
        *,
        what: str,
    ) -> JsonObject:
        """Ask for what Tiphys's server has and Argo's API has not, below ``/api/x/v1``; ``what`` names it.

        Raises:
            UnsupportedError: the server has no such route.
            TiphysError: as ``call``.
        """
        response = self._send(method, f"api/x/v1/{path}", query, body)
        if _is_no_route(response.content, response.status_code):
            raise UnsupportedError(f"this server has no {what}", "it is no Tiphys server, or an older one")
        return self._read(response)

    def _send(self, method: str, path: str, query: Mapping[str, str] | None, body: JsonValue) -> httpx.Response:
        import httpx

        content = msgspec.json.encode(body) if body is not None else None
        try:
            response = self._client.request(
                method,
                path,
                params=dict(query or {}),
                content=content,
                extensions=dict(self._extensions),
            )
        except httpx.HTTPError as error:
            raise self._silent(error, changes=method != "GET") from None
        _LOG.debug("%s %s answered %s", method, response.url, response.status_code)
        return response

    def _read(self, response: httpx.Response) -> JsonObject:
        if response.status_code != _OK:
            raise self._placed(_problem(response.content, response.status_code))
        try:
            data = msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            data = None
        if not isinstance(data, dict):
            raise RemoteError(f"{self._address.host} did not answer with JSON", "is it an Argo server?")
        return data

    def download(self, path: str, target: str) -> None:
        """Write what a path below the server gives to a new file.

        Raises:
            ArtifactError: the server does not give it.
        """
        import httpx

        try:
            with self._client.stream("GET", path, timeout=None, extensions=dict(self._extensions)) as response:
                if response.status_code != httpx.codes.OK:
                    status = f"{response.status_code} {response.reason_phrase}"
                    raise ArtifactError(f"failed to get and store artifact data: request failed {status}")
                with Path(target).open("xb") as file:
                    for part in response.iter_bytes():
                        file.write(part)
        except httpx.HTTPError as error:
            raise self._silent(error) from None

    def stream(self, path: str, query: Mapping[str, str], seconds: float | None = None) -> Iterator[JsonObject]:
        """The results of a stream until its end, or until it is silent for some seconds.

        Raises:
            TiphysError: as ``call``, before or in the middle of the stream.
        """
        import httpx

        try:
            with self._client.stream(
                "GET",
                f"api/v1/{path}",
                params=dict(query),
                timeout=httpx.Timeout(None, read=seconds),
                extensions=dict(self._extensions),
            ) as response:
                _LOG.debug("GET %s answered %s", response.url, response.status_code)
                if response.status_code != httpx.codes.OK:
                    raise _problem(response.read(), response.status_code)
                for line in response.iter_lines():
                    if line.strip():
                        yield _result(line)
        except TiphysError as error:
            raise self._placed(error) from None
        except httpx.ReadTimeout:
            return
        except httpx.HTTPError as error:
            raise self._silent(error) from None

    def _placed(self, error: TiphysError) -> TiphysError:
        """An answer of the server with the server as its place: somebody may have meant another one."""
        error.where = error.where or self._address.host
        return error

    def _silent(self, error: Exception, *, changes: bool = False) -> TiphysError:
        """What became of a request that was not answered as a whole, and what may be done; ``changes``: it may have."""
        import httpx

        reason, host = reason_of(error).rstrip("."), self._address.host
        if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
            return UsageError(f"the request cannot be sent: {reason}", "see ARGO_SERVER, ARGO_TOKEN and --header", host)
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.DecodingError):
            done = "what was asked for may have been done: look before you ask again"
            hint = done if changes else "call it again; is the server still running?"
            return RemoteError(f"{host} broke off its answer: {reason}", hint, host)
        return RemoteError(f"{host} does not answer: {reason}", _advice(self._address, reason), host)


def _advice(address: ServerAddress, reason: str) -> str:
    """What somebody should look at whose server cannot be reached."""
    if "://" in address.host:
        return "write ARGO_SERVER as host:port, without a scheme; ARGO_SECURE=false is for http"
    if "WRONG_VERSION_NUMBER" in reason:
        return "it does not speak TLS: set ARGO_SECURE=false"
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return "name its authority by --certificate-authority, or leave it unchecked by --insecure-skip-verify"
    return "is the server running? see ARGO_SERVER"


def _trust(address: ServerAddress) -> bool | ssl.SSLContext:
    """How the server's certificate is checked, and which one it is shown.

    Raises:
        UsageError: a file holds no certificate or key.
    """
    import ssl

    if not (address.authorities or address.certificate):
        return address.verify
    try:
        context = ssl.create_default_context(cafile=address.authorities or None)
        if address.certificate:
            context.load_cert_chain(address.certificate, address.key)
    except (ssl.SSLError, OSError) as error:
        raise UsageError(f"the certificates cannot be used: {error}") from None
    if not address.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="@")


def _result(line: str) -> JsonObject:
    try:
        frame = msgspec.json.decode(line)
    except msgspec.DecodeError:
        raise RemoteError("the stream of the server is no JSON") from None
    error = frame.get("error") if isinstance(frame, dict) else None
    if isinstance(error, dict):
        raise _error(error.get("grpc_code"), str(error.get("message") or "the stream ended"))
    result = frame.get("result") if isinstance(frame, dict) else None
    return result if isinstance(result, dict) else {}


def _problem(content: bytes, status: int) -> TiphysError:
    try:
        data = msgspec.json.decode(content)
    except msgspec.DecodeError:
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        signs_in = status in _ELSEWHERE
        hint = "does a proxy before it ask to sign in? see --header" if signs_in else None
        return RemoteError(f"the server answered with status {status}", hint)
    return _error(data.get("code"), str(data["message"]))


def _is_no_route(content: bytes, status: int) -> bool:
    if status not in (_NOT_FOUND, _NOT_IMPLEMENTED):
        return False
    try:
        data = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return True
    return not isinstance(data, dict) or data.get("message") in (None, *_NO_ROUTE)


def _error(code: object, message: str) -> TiphysError:
    found = _BY_CODE.get(code) if isinstance(code, int) else None
    return found(message) if found is not None else RemoteError(message)
