"""Storage → its driver.  Drivers and their libraries are imported when an artifact needs them.

A driver outside this package is an entry point of the group ``tiphys.artifact_drivers`` whose object is a
``ports.artifacts.DriverFactory``.  A manifest names it as a plugin: ``plugin: {name: <entry point>, key: …}``; its
fields are those of ``plugin``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import ArtifactDriver, DriverFactory, Location, SecretLookup

ENTRY_POINTS = "tiphys.artifact_drivers"
#: Storages in the order in which Argo takes them when an artifact names several; ``file`` is ours.
DRIVERS = ("s3", "http", "git", "artifactory", "hdfs", "raw", "oss", "gcs", "azure", "plugin", "file")
NOT_CONFIGURED = (
    "artifact storage is not configured; see the docs for setup instructions: "
    "https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/"
)
_KEYS = {"azure": "blob", "hdfs": "path"}


def locate(artifact: JsonObject) -> Location:
    """Where an Argo artifact with a complete location lies.

    Raises:
        ArtifactError: it names no storage.
    """
    for name in DRIVERS:
        if artifact.get(name) is not None:
            fields = cast(JsonObject, artifact[name])
            return Location(driver=name, key=str(fields.get(_KEYS.get(name, "key")) or ""), fields=fields)
    raise ArtifactError(NOT_CONFIGURED)


def driver_for(location: Location, secrets: SecretLookup, options: Mapping[str, str]) -> ArtifactDriver:
    """The driver of a location.

    Raises:
        ArtifactError: there is none, its library is not installed, or a secret that it needs does not exist.
    """
    try:
        return _factory(location)(location.fields, secrets, options)
    except ModuleNotFoundError as error:
        raise ArtifactError(
            f"artifacts of type {location.driver} need the Python package {error.name}",
            f"pip install 'tiphys[{location.driver}]'",
        ) from None


def _factory(location: Location) -> DriverFactory:
    name = location.driver
    if name == "plugin":
        outside = _outside(str(location.fields.get("name") or ""))
        if outside is not None:
            return outside
    module = importlib.import_module(f"tiphys.adapters.artifacts.drivers.{name}")
    factory: DriverFactory = module.make_driver
    return factory


def _outside(name: str) -> DriverFactory | None:
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            factory: DriverFactory = point.load()
            return factory
    return None
