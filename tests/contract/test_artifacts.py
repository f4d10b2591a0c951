"""Every artifact driver that can be run here keeps the contract of ``ports/artifacts.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiphys.adapters.artifacts.drivers import file, raw
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.testing.contracts.artifacts import SourceContract, Storage, StorageContract, fields_at


class TestFile(StorageContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        options = {"home": str(tmp_path / "home")}
        return Storage(lambda: file.make_driver({}, lambda name, key: None, options), fields_at("file", {}))


class TestRaw(SourceContract):
    @pytest.fixture
    def content(self) -> bytes:
        return "some\nraw text, ü".encode()

    @pytest.fixture
    def source(self, content: bytes) -> Storage:
        fields: JsonObject = {"data": content.decode()}
        return Storage(lambda: raw.make_driver(fields, lambda name, key: None, {}), fields_at("raw", fields))
