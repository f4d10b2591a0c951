"""Artifacts that are read and written over HTTP, over the library ``urllib3``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urljoin, urlsplit

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import longest_silence, silent
from tiphys.adapters.artifacts.unsupported import LIST_UNSUPPORTED, NO_DELETE, no_directory
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from urllib3 import BaseHTTPResponse

_BLOCK = 1 << 20
_REDIRECTS = 10
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


def is_address(url: str) -> bool:
    """Whether a text is an address that can be asked."""
    return url.lower().startswith(("http://", "https://"))


class WebDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` for one address: GET reads, PUT writes.

    Args:
        url: The address, with its query.
        access: Keeps credentials out of messages.
        headers: Makes the headers of a request, credentials among them.
        context: How to speak TLS; None: as usual.
        options: ``timeout`` in seconds.
    """

    def __init__(
        self,
        url: str,
        access: Access,
        headers: Callable[[], Mapping[str, str]],
        context: ssl.SSLContext | None,
        options: Mapping[str, str],
    ) -> None:
        self._url = url
        self._access = access
        self._headers = headers
        self._context = context
        self._wait = longest_silence(options)
        self._retries = int(options.get("retries", 3))

    def load(self, location: Location, path: str) -> None:
        """Write what the address answers to ``path``."""
        with self.open(location) as source, open(path, "xb") as target:
            try:
                shutil.copyfileobj(source, target, _BLOCK)
            except OSError:
                raise
            except Exception as error:
                raise self._failed("loading content", error) from None

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Put a file to the address."""
        if os.path.isdir(path):
            raise ArtifactError(f"PUT to {self._shown()} failed with reason: the artifact is a directory")
        with open(path, "rb") as source:
            size = os.fstat(source.fileno()).st_size
            answer = self._put(source, {**self._headers(), "Content-Length": str(size)})
        with answer:
            if not 200 <= answer.status < 300:
                raise ArtifactError(
                    f"PUT to {self._shown()} failed with reason: {_status(answer)}",
                    transient=answer.status in _TRANSIENT,
                )

    def open(self, location: Location) -> BinaryIO:
        """The body of the answer."""
        answer = self._send("GET", self._url, None, self._headers())
        if answer.status == 200:
            return cast(BinaryIO, answer)
        answer.close()
        if answer.status == 404:
            raise ArtifactNotFoundError(_status(answer))
        raise ArtifactError(
            f"loading content from {self._shown()} failed with reason: {_status(answer)}",
            transient=answer.status in _TRANSIENT,
        )

    def delete(self, location: Location) -> None:
        """Refuse, as Argo does."""
        raise ArtifactError(NO_DELETE)

    def list(self, location: Location) -> Iterator[Entry]:
        """Refuse, as Argo does."""
        raise ArtifactError(LIST_UNSUPPORTED)

    def is_directory(self, location: Location) -> bool:
        """Refuse, as Argo does."""
        raise ArtifactError(no_directory("http"))

    def _put(self, source: BinaryIO, headers: Mapping[str, str]) -> BaseHTTPResponse:
        """Send a file to the address, or to the one that it names instead (as WebHDFS does), without who we are."""
        url = self._url
        for _ in range(_REDIRECTS):
            source.seek(0)
            answer = self._send("PUT", url, source, headers)
            target = answer.headers.get("Location")
            if answer.status not in {307, 308} or not target:
                return answer
            answer.close()
            old, url = url, urljoin(url, target)
            if urlsplit(old).netloc != urlsplit(url).netloc:
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        raise ArtifactError(f"PUT to {self._shown()} failed with reason: too many redirects")

    def _send(self, method: str, url: str, body: BinaryIO | None, headers: Mapping[str, str]) -> BaseHTTPResponse:
        import urllib3

        if not is_address(url):
            raise ArtifactError(f"{method} failed with reason: the url is not one of http or https")
        retries = urllib3.Retry(
            total=_REDIRECTS + self._retries,
            connect=self._retries,
            read=0,
            redirect=_REDIRECTS,
            status=0,
            other=0,
            backoff_factor=0.2,
        )
        timeout = urllib3.Timeout(connect=min(15.0, self._wait), read=self._wait)
        pool = urllib3.PoolManager(ssl_context=self._context, timeout=timeout)
        try:
            return pool.request(
                method, url, body=body, headers=headers, retries=retries, redirect=body is None,
                preload_content=False, decode_content=False,
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            raise self._failed("PUT" if body is not None else "GET", error) from None

    def _failed(self, operation: str, error: Exception) -> ArtifactError:
        from urllib3.exceptions import NewConnectionError
        from urllib3.exceptions import TimeoutError as Silent

        reason = getattr(error, "reason", None) or error
        if isinstance(reason, Silent) and not isinstance(reason, NewConnectionError):
            return silent(f"{operation} to {self._shown()} failed with reason", self._wait)
        return ArtifactError(
            f"{operation} to {self._shown()} failed with reason: {self._access.clean(str(reason))}",
            transient=not _is_distrust(reason),
        )

    def _shown(self) -> str:
        return self._access.clean(self._url)


def _is_distrust(reason: object) -> bool:
    """Whether one side does not trust the other's certificate; a connection that merely broke may do better."""
    import ssl

    from urllib3.exceptions import SSLError

    cause = reason.args[0] if isinstance(reason, SSLError) and reason.args else None
    return isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _status(answer: BaseHTTPResponse) -> str:
    from http.client import responses

    return f"{answer.status} {answer.reason or responses.get(answer.status, '')}".strip()
