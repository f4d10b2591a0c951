"""Artifacts in Hadoop's file system, over the library ``hdfs-native``."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import Answer, answered, longest_silence
from tiphys.adapters.artifacts.unsupported import LIST_UNSUPPORTED, NO_DELETE, no_directory
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Entry, Location, SecretLookup
from tiphys.secret import Secret

if TYPE_CHECKING:
    from hdfs_native import Client, FileReader

_BLOCK = 1 << 20
_DIRECTORY = "HDFS artifact does not suppot directory copy"
_SERVICE = "tiphys"


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> HdfsDriver:
    """The driver of a cluster.

    Raises:
        ArtifactError: no name node is named, or a secret does not exist.
    """
    import hdfs_native  # noqa: F401 - a missing library is found here, before anything is done

    access = Access(secrets)
    addresses = [str(item) for item in cast("list[str]", fields.get("addresses") or [])]
    if not addresses:
        raise ArtifactError("an HDFS artifact needs at least one address")
    cache, keytab = access.secret(fields.get("krbCCacheSecret")), access.secret(fields.get("krbKeytabSecret"))
    wait, silence = float(options.get("timeout", 15)), longest_silence(options)
    return HdfsDriver(addresses, fields, access, cache=cache, keytab=keytab, wait=wait, silence=silence)


def find_name_node(addresses: list[str], wait: float) -> None:
    """See that a name node can be reached: the library itself waits for one for ever.

    Raises:
        ArtifactError: none can, for ``wait`` seconds each.
    """
    reason = ""
    for address in addresses:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=wait).close()
        except (OSError, ValueError) as error:
            reason = f"{address}: {error}"
        else:
            return
    raise ArtifactError(f"HDFS: no name node can be reached: {reason}", transient=True)


class HdfsDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` for files."""

    def __init__(
        self,
        addresses: list[str],
        fields: JsonObject,
        access: Access,
        *,
        cache: Secret | None,
        keytab: Secret | None,
        wait: float,
        silence: float,
    ) -> None:
        self._addresses = addresses
        self._fields = fields
        self._access = access
        self._cache = cache
        self._keytab = keytab
        self._wait = wait
        self._silence = silence

    def __repr__(self) -> str:
        return f"HdfsDriver({self._addresses!r})"

    def load(self, location: Location, path: str) -> None:
        """Copy a file to ``path``."""
        with self._client() as client:
            source = self._source(client, location.key)
            with open(path, "xb") as target:
                self._pour(source, target)

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Write a file, over another one only if the location says ``force``."""
        if os.path.isdir(path):
            raise ArtifactError(_DIRECTORY)
        from hdfs_native import WriteOptions

        with self._client() as client:
            above = location.key.rpartition("/")[0]
            if above:
                self._ask(partial(client.mkdirs, above, create_parent=True))
            options = WriteOptions(overwrite=bool(self._fields.get("force")))
            with open(path, "rb") as source:
                target = self._ask(partial(client.create, location.key, options))
                while block := source.read(_BLOCK):
                    self._ask(partial(target.write, block))
                self._ask(target.close)

    def open(self, location: Location) -> BinaryIO:
        """A file, read into a temporary one: the library's connection does not outlive a call."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self._client() as client:
            self._pour(self._source(client, location.key), file)
        file.seek(0, io.SEEK_SET)
        return cast(BinaryIO, file)

    def delete(self, location: Location) -> None:
        """Refuse, as Argo does."""
        raise ArtifactError(NO_DELETE)

    def list(self, location: Location) -> Iterator[Entry]:
        """Refuse, as Argo does."""
        raise ArtifactError(LIST_UNSUPPORTED)

    def is_directory(self, location: Location) -> bool:
        """Refuse, as Argo does."""
        raise ArtifactError(no_directory("HDFS"))

    def _source(self, client: Client, path: str) -> FileReader:
        if self._ask(partial(client.get_file_info, path)).isdir:
            raise ArtifactError(_DIRECTORY)
        return self._ask(partial(client.read, path))

    def _pour(self, source: FileReader, target: IO[bytes]) -> None:
        while block := self._ask(partial(source.read, _BLOCK)):
            target.write(block)

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        return answered(f"HDFS at {', '.join(self._addresses)}", self._silence, call)

    @contextlib.contextmanager
    def _client(self) -> Iterator[Client]:
        """A client; what the library throws becomes ours, without credentials."""
        from hdfs_native import Client

        find_name_node(self._addresses, self._wait)
        try:
            with tempfile.TemporaryDirectory(prefix="tiphys-hdfs-") as private:
                yield Client(self._url(), self._config(), **self._kerberos(private))
        except ArtifactError:
            raise
        except FileNotFoundError as error:
            raise ArtifactNotFoundError(self._access.clean(str(error))) from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ArtifactError(f"HDFS: {self._access.clean(str(error))}", transient=True) from None

    def _url(self) -> str:
        return f"hdfs://{self._addresses[0] if len(self._addresses) == 1 else _SERVICE}"

    def _config(self) -> dict[str, str]:
        """Hadoop's settings: several name nodes are one service that fails over."""
        config: dict[str, str] = {}
        if len(self._addresses) > 1:
            names = [f"nn{number}" for number in range(len(self._addresses))]
            config = {"dfs.nameservices": _SERVICE, f"dfs.ha.namenodes.{_SERVICE}": ",".join(names)}
            for name, address in zip(names, self._addresses, strict=True):
                config[f"dfs.namenode.rpc-address.{_SERVICE}.{name}"] = address
        protection = str(self._fields.get("dataTransferProtection") or "")
        if protection:
            config["dfs.data.transfer.protection"] = protection
        if self._cache is not None or self._keytab is not None:
            config["hadoop.security.authentication"] = "kerberos"
        elif self._fields.get("hdfsUser"):
            os.putenv("HADOOP_USER_NAME", str(self._fields["hdfsUser"]))  # the library asks for it there only
        return config

    def _kerberos(self, private: str) -> dict[str, str]:
        if self._keytab is not None:
            path = _write(f"{private}/keytab", self._keytab)
            principal = f"{self._fields.get('krbUsername') or ''}@{self._fields.get('krbRealm') or ''}"
            return {"kerberos_principal": principal, "kerberos_keytab": path}
        if self._cache is not None:
            return {"kerberos_cache": _write(f"{private}/cache", self._cache)}
        return {}


def _write(path: str, secret: Secret) -> str:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(secret.reveal())
    return path
