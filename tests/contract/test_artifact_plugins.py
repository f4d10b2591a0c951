"""The driver of artifact plugins, against a plugin that keeps its artifacts in a directory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from tiphys.adapters.artifacts.drivers import plugin
from tiphys.adapters.artifacts.pluginwire import METHODS, SERVICE, message
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import Location
from tiphys.testing.contracts.artifacts import Storage, StorageContract, fields_at


class Plugin:
    """A plugin in a few lines; sizes of objects are not part of the protocol."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def at(self, artifact: Any) -> Path:
        return self.root / str(artifact.plugin.configuration) / str(artifact.plugin.key).strip("/")

    def Load(self, request: Any) -> Any:
        source = self.at(request.input_artifact)
        if not source.exists():
            return message("Outcome")(success=False, error=f"artifact {source.name} not found")
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, request.path)
        return message("Outcome")(success=True)

    def Save(self, request: Any) -> Any:
        target = self.at(request.output_artifact)
        self._remove(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        for link in Path(request.path).rglob("*") if Path(request.path).is_dir() else ():
            if link.is_symlink() and not link.resolve().is_relative_to(Path(request.path).resolve()):
                return message("Outcome")(success=False, error="illegal symlink target")
        (shutil.copytree if Path(request.path).is_dir() else shutil.copyfile)(request.path, target)
        return message("Outcome")(success=True)

    def Delete(self, request: Any) -> Any:
        self._remove(self.at(request.artifact))
        return message("Outcome")(success=True)

    def ListObjects(self, request: Any) -> Any:
        directory = self.at(request.artifact)
        key = request.artifact.plugin.key.rstrip("/")
        found = [f"{key}/{path.relative_to(directory)}" for path in directory.rglob("*") if path.is_file()]
        return message("ListObjectsResponse")(objects=found)

    def IsDirectory(self, request: Any) -> Any:
        return message("IsDirectoryResponse")(is_directory=self.at(request.artifact).is_dir())

    def OpenStream(self, request: Any) -> Iterator[Any]:
        answer = message("OpenStreamResponse")
        if not self.at(request.artifact).is_file():
            yield answer(error="no such file")
            return
        with self.at(request.artifact).open("rb") as file:
            while block := file.read(1 << 16):
                yield answer(data=block)
        yield answer(is_end=True)

    def _remove(self, path: Path) -> None:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def handler(served: Plugin, name: str) -> grpc.RpcMethodHandler:
    method: Callable[..., Any] = getattr(served, name)
    kind = grpc.unary_stream_rpc_method_handler if name == "OpenStream" else grpc.unary_unary_rpc_method_handler
    return kind(
        lambda request, context: method(request),
        request_deserializer=message(METHODS[name][0]).FromString,
        response_serializer=message(METHODS[name][1]).SerializeToString,
    )


@pytest.fixture(scope="module")
def sockets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("plugins")
    (directory / "shelf").mkdir()
    server = grpc.server(ThreadPoolExecutor(4))
    served = Plugin(tmp_path_factory.mktemp("kept"))
    handlers = {name: handler(served, name) for name in METHODS}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_insecure_port(f"unix:{directory}/shelf/socket")
    server.start()
    yield directory
    server.stop(0).wait()


class TestPlugin(StorageContract):
    longest = 200

    @pytest.fixture
    def storage(self, sockets: Path, tmp_path: Path) -> Storage:
        fields: JsonObject = {"name": "shelf", "configuration": tmp_path.name}
        options = {"plugins": str(sockets)}
        return Storage(lambda: plugin.make_driver(fields, lambda name, key: None, options), fields_at("plugin", fields))

    def test_a_directory_is_listed_in_order(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "in" / "b").mkdir(parents=True)
        for name in ("b/c", "a"):
            (tmp_path / "in" / name).write_text("x")
        storage.driver().save(str(tmp_path / "in"), storage.at("dir"))
        assert [entry.path for entry in storage.driver().list(storage.at("dir"))] == ["a", "b/c"]


def test_a_plugin_that_is_not_there_is_waited_for_and_named(tmp_path: Path) -> None:
    fields: JsonObject = {"name": "nobody", "connectionTimeoutSeconds": 1}
    driver = plugin.make_driver(fields, lambda name, key: None, {"plugins": str(tmp_path)})
    with pytest.raises(
        ArtifactError, match=r"artifact plugin nobody: nobody answers at .*/nobody/socket for 1 seconds"
    ) as caught:
        driver.delete(Location(driver="plugin", key="k", fields=fields))
    assert caught.value.transient


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden"])
def test_a_name_does_not_lead_elsewhere(name: str) -> None:
    with pytest.raises(ArtifactError, match="is not the name of an artifact plugin"):
        plugin.make_driver({"name": name}, lambda name, key: None, {})


def test_what_a_plugin_has_not_is_not_found(sockets: Path, tmp_path: Path) -> None:
    driver = plugin.make_driver({"name": "shelf"}, lambda name, key: None, {"plugins": str(sockets)})
    with pytest.raises(ArtifactNotFoundError, match="artifact plugin shelf: Load failed: artifact none not found"):
        driver.load(Location(driver="plugin", key="none", fields={}), str(tmp_path / "out"))
