"""Artifacts that a program of the user keeps: it listens on ``<directory>/<name>/socket`` and speaks gRPC.

The program sees the same files as this one: it is given paths to read and to write.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.pluginwire import METHODS, SERVICE, artifact_message, message
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location, SecretLookup

if TYPE_CHECKING:
    from grpc import Channel

T = TypeVar("T")
SOCKETS = "/tmp/artifact-plugins"
_PATIENCE = 5
_PAUSE = 0.05
_BLOCK = 1 << 20
_MOST = 64 << 20


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> PluginDriver:
    """The driver of a plugin.

    Raises:
        ArtifactError: its name is none, or the libraries are missing.
    """
    import grpc  # noqa: F401 - a missing library is found here, before anything is done
    from google.protobuf import descriptor_pb2  # noqa: F401

    name = str(fields.get("name") or "")
    if not name or "/" in name or name.startswith("."):
        raise ArtifactError(f"{name[:80]!r} is not the name of an artifact plugin")
    wait = float(cast(int, fields.get("connectionTimeoutSeconds") or _PATIENCE))
    return PluginDriver(f"{options.get('plugins') or SOCKETS}/{name}/socket", fields, wait, Access(secrets))


class PluginDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` by asking a plugin."""

    def __init__(self, path: str, fields: JsonObject, wait: float, access: Access) -> None:
        self._socket = path
        self._fields = fields
        self._wait = wait
        self._access = access

    def load(self, location: Location, path: str) -> None:
        """Have the plugin write an artifact to ``path``."""
        self._act("Load", input_artifact=self._artifact(location), path=path)
        if not os.path.lexists(path):
            raise ArtifactNotFoundError(f"the plugin has no artifact {location.key!r}")

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Have the plugin keep the file or directory ``path``."""
        self._act("Save", path=path, output_artifact=self._artifact(location))

    def open(self, location: Location) -> BinaryIO:
        """A stream of what the plugin sends."""
        answers = self._stream(message("ArtifactRequest")(artifact=self._artifact(location)))
        first = next(answers, b"")
        return cast(BinaryIO, io.BufferedReader(_Stream(first, answers), _BLOCK))

    def delete(self, location: Location) -> None:
        """Have the plugin remove an artifact."""
        self._act("Delete", artifact=self._artifact(location))

    def list(self, location: Location) -> Iterator[Entry]:
        """The objects that the plugin names, below the key; it does not tell their sizes."""
        answer = self._ask("ListObjects", artifact=self._artifact(location))
        prefix = location.key.rstrip("/") + "/"
        for name in sorted(answer.objects):
            yield Entry(path=name.removeprefix(prefix), size=0)

    def is_directory(self, location: Location) -> bool:
        """What the plugin says."""
        return bool(self._ask("IsDirectory", artifact=self._artifact(location)).is_directory)

    def _artifact(self, location: Location) -> Any:  # noqa: ANN401 - a type that is made when it is needed
        return artifact_message(self._fields, location.key)

    def _act(self, method: str, **fields: object) -> None:
        answer = self._ask(method, **fields)
        if not answer.success:
            raise ArtifactError(f"artifact plugin {self._fields.get('name')}: {method} failed")

    def _ask(self, method: str, **fields: object) -> Any:  # noqa: ANN401 - a type that is made when it is needed
        request, answer = (message(name) for name in METHODS[method])

        def call(channel: Channel) -> object:
            call = channel.unary_unary(
                f"/{SERVICE}/{method}",
                request_serializer=request.SerializeToString,
                response_deserializer=answer.FromString,
            )
            return call(request(**fields))

        found = cast(Any, self._connected(call))
        self._check(method, found.error)
        return found

    def _stream(self, request: Any) -> Iterator[bytes]:  # noqa: ANN401 - a type that is made when it is needed
        """The pieces of a stream; the connection ends with it."""
        answer = message("OpenStreamResponse")
        self._wait_for_plugin()
        with self._channel() as channel:
            call = channel.unary_stream(
                f"/{SERVICE}/OpenStream", request_serializer=type(request).SerializeToString,
                response_deserializer=answer.FromString,
            )  # fmt: skip
            try:
                for piece in call(request):
                    self._check("OpenStream", piece.error)
                    if piece.data:
                        yield piece.data
                    if piece.is_end:
                        return
            except ArtifactError:
                raise
            except Exception as error:
                raise self._failed(error) from None

    def _check(self, method: str, said: str) -> None:
        if not said:
            return
        text = f"artifact plugin {self._fields.get('name')}: {method} failed: {self._access.clean(said)}"
        missing = any(word in said.lower() for word in ("not found", "no such", "notfound", "does not exist"))
        raise (ArtifactNotFoundError if missing else ArtifactError)(text)

    def _connected(self, action: Callable[[Channel], T]) -> T:
        self._wait_for_plugin()
        with self._channel() as channel:
            try:
                return action(channel)
            except Exception as error:
                raise self._failed(error) from None

    def _channel(self) -> Channel:
        import grpc

        sizes = [("grpc.max_receive_message_length", _MOST), ("grpc.enable_http_proxy", 0)]
        return grpc.insecure_channel(f"unix:{self._socket}", options=sizes)

    def _wait_for_plugin(self) -> None:
        """Wait until somebody listens; the library's own waiting begins with long pauses."""
        until = time.monotonic() + self._wait
        while True:
            with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
                probe.connect(self._socket)
                return
            if time.monotonic() > until:
                raise ArtifactError(
                    f"artifact plugin {self._fields.get('name')}: nobody answers at {self._socket} "
                    f"for {self._wait:g} seconds",
                    "start the plugin with this path", transient=True,
                )  # fmt: skip
            time.sleep(_PAUSE)

    def _failed(self, error: Exception) -> ArtifactError:
        details = getattr(error, "details", None)
        text = details() if callable(details) else str(error)
        return ArtifactError(
            f"artifact plugin {self._fields.get('name')}: {self._access.clean(str(text))}", transient=True
        )


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        super().__init__()
        self._piece = memoryview(first)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        target = memoryview(cast(bytearray, buffer))
        if not self._piece:
            self._piece = memoryview(next(self._rest, b""))
        count = min(len(target), len(self._piece))
        target[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def close(self) -> None:
        """End the connection too."""
        close = getattr(self._rest, "close", None)
        if close is not None:
            close()
        super().close()
