"""The HDFS driver over a client that keeps files in memory: no cluster can be run here."""

from __future__ import annotations

import io
import socket
import threading
from pathlib import Path
from typing import Any, ClassVar

import hdfs_native
import pytest

from tiphys.adapters.artifacts.drivers import hdfs
from tiphys.adapters.artifacts.drivers.hdfs import find_name_node
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError, SilentStorageError
from tiphys.ports.artifacts import Location
from tiphys.secret import Secret


class Written(io.BytesIO):
    """A file that is being written; kept when it is closed."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def close(self) -> None:
        if not self.closed:
            Client.files[self._path] = self.getvalue()
        super().close()


class Status:
    def __init__(self, isdir: bool) -> None:
        self.isdir = isdir


class Client:
    """What the driver uses of the library's client."""

    files: ClassVar[dict[str, bytes]] = {}
    made: ClassVar[list[tuple[str, dict[str, str], dict[str, str]]]] = []
    kept: ClassVar[list[bytes]] = []

    def __init__(self, url: str, config: dict[str, str], **kerberos: str) -> None:
        self.made.append((url, config, kerberos))
        for name in ("kerberos_keytab", "kerberos_cache"):
            if name in kerberos:
                self.kept.append(Path(kerberos[name]).read_bytes())

    def get_file_info(self, path: str) -> Status:
        if any(name.startswith(f"{path}/") for name in self.files):
            return Status(True)
        if path not in self.files:
            raise FileNotFoundError(f"{path} not found")
        return Status(False)

    def read(self, path: str) -> io.BytesIO:
        return io.BytesIO(self.files[path])

    def mkdirs(self, path: str, create_parent: bool) -> None:
        assert create_parent

    def create(self, path: str, options: Any) -> Written:
        if path in self.files and not options.overwrite:
            raise RuntimeError("file exists")
        return Written(path)


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch) -> None:
    Client.files.clear()
    Client.made.clear()
    Client.kept.clear()
    monkeypatch.setattr(hdfs_native, "Client", Client)
    monkeypatch.setattr(hdfs, "find_name_node", lambda addresses, wait: None)


def driver(**fields: object) -> hdfs.HdfsDriver:
    data: JsonObject = {"addresses": ["nn:8020"], **fields}  # type: ignore[dict-item]
    return hdfs.make_driver(data, lambda name, key: Secret(f"value of {key}".encode()), {})


def at(path: str) -> Location:
    return Location(driver="hdfs", key=path, fields={})


def test_a_file_comes_back(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"data" * 1_000_000)
    driver().save(str(tmp_path / "in"), at("/a/b"))
    driver().load(at("/a/b"), str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
    with driver().open(at("/a/b")) as stream:
        assert stream.read(4) == b"data"


def test_a_file_is_written_over_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    driver().save(str(tmp_path / "in"), at("/a"))
    with pytest.raises(ArtifactError, match="HDFS: file exists"):
        driver().save(str(tmp_path / "in"), at("/a"))
    driver(force=True).save(str(tmp_path / "in"), at("/a"))


def test_directories_are_refused(tmp_path: Path) -> None:
    Client.files["/d/f"] = b""
    with pytest.raises(ArtifactError, match="HDFS artifact does not suppot directory copy"):
        driver().load(at("/d"), str(tmp_path / "out"))
    with pytest.raises(ArtifactError, match="HDFS artifact does not suppot directory copy"):
        driver().save(str(tmp_path), at("/d"))


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ArtifactNotFoundError, match="/none not found"):
        driver().load(at("/none"), str(tmp_path / "out"))


def test_what_argo_refuses_is_refused() -> None:
    for action, text in (
        (lambda: driver().delete(at("/a")), "delete not supported for this artifact storage"),
        (lambda: list(driver().list(at("/a"))), "ListObjects is currently not supported"),
        (lambda: driver().is_directory(at("/a")), "IsDirectory currently unimplemented for HDFS"),
    ):
        with pytest.raises(ArtifactError, match=text):
            action()


def test_several_name_nodes_are_one_service(tmp_path: Path) -> None:
    Client.files["/a"] = b""
    driver(addresses=["one:8020", "two:8020"], dataTransferProtection="privacy").load(at("/a"), str(tmp_path / "out"))
    url, config, _ = Client.made[0]
    assert url == "hdfs://tiphys"
    assert config["dfs.ha.namenodes.tiphys"] == "nn0,nn1"
    assert config["dfs.namenode.rpc-address.tiphys.nn1"] == "two:8020"
    assert config["dfs.data.transfer.protection"] == "privacy"


def test_kerberos_has_its_files_while_it_needs_them(tmp_path: Path) -> None:
    Client.files["/a"] = b""
    keytab: JsonObject = {"name": "s", "key": "keytab"}
    driver(krbKeytabSecret=keytab, krbUsername="me", krbRealm="R").load(at("/a"), str(tmp_path / "out"))
    _, config, kerberos = Client.made[0]
    assert (kerberos["kerberos_principal"], Client.kept) == ("me@R", [b"value of keytab"])
    assert config["hadoop.security.authentication"] == "kerberos"
    assert not Path(kerberos["kerberos_keytab"]).exists()


def test_credentials_are_in_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Client, url: str, config: dict[str, str], **kerberos: str) -> None:
        raise RuntimeError(f"cannot sign in with {Path(kerberos['kerberos_cache']).read_text()}")

    monkeypatch.setattr(Client, "__init__", refuse)
    refused = driver(krbCCacheSecret={"name": "s", "key": "cache"})
    with pytest.raises(ArtifactError, match=r"HDFS: cannot sign in with \*\*\*") as caught:
        refused.load(at("/a"), str(tmp_path / "out"))
    assert "value of" not in f"{caught.value!r} {refused!r} {vars(refused)}"


def test_an_address_is_needed() -> None:
    with pytest.raises(ArtifactError, match="needs at least one address"):
        driver(addresses=[])


def test_a_name_node_that_cannot_be_reached_is_not_waited_for() -> None:
    with pytest.raises(ArtifactError, match=r"HDFS: no name node can be reached: 127.0.0.1:1: ") as caught:
        find_name_node(["127.0.0.1:1"], 1)
    assert caught.value.transient
    with socket.create_server(("127.0.0.1", 0)) as server:
        find_name_node(["127.0.0.1:1", f"127.0.0.1:{server.getsockname()[1]}"], 1)


def test_a_name_node_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = threading.Event()
    monkeypatch.setattr(Client, "get_file_info", lambda *_: told.wait())
    silent = hdfs.make_driver({"addresses": ["nn:8020"]}, lambda *_: Secret(b""), {"timeout": "0.01"})
    try:
        with pytest.raises(SilentStorageError, match=r"HDFS at nn:8020: no answer for 0\.01 seconds"):
            silent.load(at("/f"), str(tmp_path / "f"))
    finally:
        told.set()
    assert not (tmp_path / "f").exists()
