"""Requests to a Kubernetes API server, and what its answers mean.

``kubernetes`` reads the kubeconfig (contexts, certificates, programs that give credentials); requests go by httpx.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.errors import (
    AlreadyExistsError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidObjectError,
    NotFoundError,
    RemoteError,
    TiphysError,
    UsageError,
)

if TYPE_CHECKING:
    import httpx

#: Seconds for an answer, and before another try after an error that may pass.
_SECONDS = 30.0
_PAUSES = (0.1, 0.5, 2.0)
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_ERRORS: Mapping[str, type[TiphysError]] = {
    "NotFound": NotFoundError,
    "AlreadyExists": AlreadyExistsError,
    "Conflict": ConflictError,
    "Forbidden": ForbiddenError,
    "Invalid": InvalidObjectError,
    "Expired": ExpiredError,
    "Gone": ExpiredError,
    "BadRequest": UsageError,
    "UnsupportedMediaType": UsageError,
    "MethodNotAllowed": UsageError,
}


class Connection:
    """Speaks with the API server of one context of a kubeconfig.  Safe in threads.

    ``sleep`` waits between two tries.
    """

    def __init__(self, kubeconfig: str, context: str = "", sleep: Callable[[float], None] = time.sleep) -> None:
        """Read the kubeconfig; nothing is sent yet.

        Raises:
            UsageError: it cannot be used, or the library is missing.
        """
        self._configuration = _configuration(kubeconfig, context)
        self._client = _client(self._configuration)
        self._sleep = sleep

    @property
    def host(self) -> str:
        """The address of the API server."""
        return str(self._configuration.host)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonValue = None,
        content: str = "application/json",
    ) -> JsonObject:
        """Send a request and give the object that is the answer; what may go better is tried again.

        A request that makes something is sent again only when it surely did not arrive.

        Raises:
            TiphysError: the server's own refusal, with its text.
            RemoteError: there is no answer, or no good one.
        """
        import httpx

        data = msgspec.json.encode(body) if body is not None else None
        headers = {"accept": "application/json", "content-type": content, **self._credentials()}
        for pause in (*_PAUSES, None):
            try:
                answer = self._client.request(
                    method, path, params=dict(query or {}), content=data, headers=headers, timeout=_SECONDS
                )
            except httpx.HTTPError as error:
                if pause is not None and (method != "POST" or isinstance(error, httpx.ConnectError)):
                    self._sleep(pause)
                    continue
                reason = str(error) or type(error).__name__
                raise RemoteError(f"the cluster does not answer: {reason}", None, self.host) from None
            if answer.status_code in _TRANSIENT and pause is not None and method != "POST":
                self._sleep(pause)
                continue
            return self._object(answer)
        raise AssertionError("unreachable: the last try answers or raises")

    def _credentials(self) -> dict[str, str]:
        """The headers that sign in; programs that give credentials are asked anew when theirs expire."""
        settings = self._configuration.auth_settings()
        return {
            str(one["key"]): str(one["value"]) for one in settings.values() if one["in"] == "header" and one["value"]
        }

    def _object(self, answer: httpx.Response) -> JsonObject:
        try:
            found: JsonValue = msgspec.json.decode(answer.content) if answer.content else {}
        except msgspec.DecodeError:
            found = None
        if answer.is_success and isinstance(found, dict):
            return found
        status = found if isinstance(found, dict) else {}
        message = str(status.get("message") or f"{answer.status_code} {answer.reason_phrase}")
        error = _ERRORS.get(str(status.get("reason")))
        if error is None and answer.status_code == 404:
            error = NotFoundError
        if error is None:
            raise RemoteError(f"the cluster refuses: {message}", None, self.host)
        raise error(message)


def _configuration(kubeconfig: str, context: str) -> Any:  # noqa: ANN401 - the library has no types
    try:
        from kubernetes import client, config
    except ImportError:
        raise UsageError("--kubeconfig needs the package kubernetes", "pip install 'tiphys[cluster]'") from None
    found = cast("Any", client).Configuration()
    try:
        cast("Any", config).load_kube_config(
            config_file=kubeconfig, context=context or None, client_configuration=found, persist_config=False
        )
    except Exception as error:  # the library raises whatever it meets
        raise UsageError(f"the kubeconfig cannot be used: {error}", None, kubeconfig) from None
    return found


def _client(configuration: Any) -> httpx.Client:  # noqa: ANN401 - the library has no types
    import httpx

    if configuration.verify_ssl:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert or None)
    else:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file or None)
    return httpx.Client(
        base_url=configuration.host, verify=context, proxy=configuration.proxy or None, follow_redirects=False
    )
