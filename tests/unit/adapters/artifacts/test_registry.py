"""A storage finds its driver, also one of another package; what is missing is named."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import metadata

import pytest

from tiphys.adapters.artifacts import registry
from tiphys.adapters.artifacts.drivers.raw import RawDriver
from tiphys.adapters.artifacts.registry import DRIVERS, ENTRY_POINTS, driver_for, locate
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup


def nothing(name: str, key: str) -> None:
    return None


@pytest.mark.parametrize(
    ("artifact", "driver", "key"),
    [
        ({"s3": {"key": "a/b"}}, "s3", "a/b"),
        ({"azure": {"blob": "a/b"}}, "azure", "a/b"),
        ({"hdfs": {"path": "/a/b"}}, "hdfs", "/a/b"),
        ({"http": {"url": "http://h/x"}}, "http", ""),
        ({"raw": {"data": "x"}, "s3": {"key": "k"}}, "s3", "k"),
        ({"file": {"key": "k"}, "plugin": None}, "file", "k"),
    ],
)
def test_an_artifact_is_located(artifact: JsonObject, driver: str, key: str) -> None:
    found = locate(artifact)
    assert (found.driver, found.key) == (driver, key)


def test_no_storage_is_an_error() -> None:
    with pytest.raises(ArtifactError, match="artifact storage is not configured; see the docs"):
        locate({"name": "a", "path": "/a"})


@pytest.mark.parametrize("name", DRIVERS)
def test_every_storage_has_a_driver(name: str) -> None:
    assert callable(registry._factory(locate({name: {"name": "x"}})))


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ArtifactError, match="artifacts of type s3 need the Python package obstore") as caught:
        driver_for(locate({"s3": {"key": "k", "endpoint": "e", "bucket": "b"}}), nothing, {})
    assert caught.value.hint == "pip install 'tiphys[s3]'"


def test_a_driver_of_another_package_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> RawDriver:
        return RawDriver(str(fields.get("configuration")))

    class Point:
        name = "shelf"

        def load(self) -> object:
            return make

    def points(group: str) -> Sequence[Point]:
        return [Point()] if group == ENTRY_POINTS else []

    monkeypatch.setattr(metadata, "entry_points", points)
    location = locate({"plugin": {"name": "shelf", "configuration": "from outside", "key": "k"}})
    with driver_for(location, nothing, {}).open(location) as stream:
        assert stream.read() == b"from outside"
