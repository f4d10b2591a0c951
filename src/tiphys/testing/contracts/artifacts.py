"""What every artifact driver must do: each sentence of ``ports/artifacts.py`` as a test.

Subclass ``StorageContract`` for a storage that can be written, ``SourceContract`` for one that can only be read, and
``SecretContract`` for one that takes credentials; give them the fixtures that they name.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError, ArtifactNotFoundError
from tiphys.ports.artifacts import ArtifactDriver, DriverFactory, Location
from tiphys.secret import Secret

#: Keys that trip over quoting, encoding and joining.
KEYS = (
    "plain", "deep/er/still", "with space", "plus+and&equals=", "per%cent", "per%25cent", "quest?ion", "ha#sh",
    "Üml/ät", "UPPER/lower", "dots..in/na..me", "a'quote", 'a"quote', "tilde~", "x" * 300,
)  # fmt: skip
#: Larger than a part of any storage's multi-part upload.
LARGE = 12 << 20
CANARY = b"canary-5up3r-s3cr3t"


@dataclass(frozen=True)
class Storage:
    """A storage under test: ``driver`` makes a driver anew, ``at`` a location in a place that is this test's alone."""

    driver: Callable[[], ArtifactDriver]
    at: Callable[[str], Location]


def tree(path: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {str(item.relative_to(path)): item.read_bytes() for item in sorted(path.rglob("*")) if item.is_file()}


def fill(path: Path, files: Mapping[str, bytes]) -> Path:
    """A directory with these files."""
    path.mkdir(exist_ok=True)
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


FILES = {"a": b"1", "b/c": b"22", "b/d/e": b"", "with space": b"4"}


class StorageContract:
    """A storage that can be written."""

    #: The longest key that the storage takes.
    longest = 300

    def test_a_file_comes_back(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "in").write_bytes(b"\0\xff text\n")
        storage.driver().save(str(tmp_path / "in"), storage.at("some/key"))
        storage.driver().load(storage.at("some/key"), str(tmp_path / "out"))
        assert (tmp_path / "out").read_bytes() == b"\0\xff text\n"
        assert (tmp_path / "in").read_bytes() == b"\0\xff text\n"

    @pytest.mark.parametrize("size", [0, 1, LARGE, LARGE + 1])
    def test_size_does_not_matter(self, storage: Storage, tmp_path: Path, size: int) -> None:
        data = os.urandom(size)
        (tmp_path / "in").write_bytes(data)
        storage.driver().save(str(tmp_path / "in"), storage.at("sized"))
        storage.driver().load(storage.at("sized"), str(tmp_path / "out"))
        assert (tmp_path / "out").read_bytes() == data
        with storage.driver().open(storage.at("sized")) as stream:
            assert stream.read() == data

    @pytest.mark.parametrize("key", KEYS)
    def test_any_key_is_kept(self, storage: Storage, tmp_path: Path, key: str) -> None:
        key = key[: self.longest]
        (tmp_path / "in").write_bytes(key.encode())
        storage.driver().save(str(tmp_path / "in"), storage.at("keys/" + key))
        with storage.driver().open(storage.at("keys/" + key)) as stream:
            assert stream.read() == key.encode()
        assert [entry.path for entry in storage.driver().list(storage.at("keys"))] == [key]
        storage.driver().delete(storage.at("keys/" + key))
        assert list(storage.driver().list(storage.at("keys"))) == []

    def test_a_file_is_replaced(self, storage: Storage, tmp_path: Path) -> None:
        for text in ("first, and longer", "second"):
            (tmp_path / "in").write_text(text)
            storage.driver().save(str(tmp_path / "in"), storage.at("key"))
        storage.driver().load(storage.at("key"), str(tmp_path / "out"))
        assert (tmp_path / "out").read_text() == "second"

    def test_a_file_that_is_given_away_is_kept(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "in").write_text("mine no more")
        storage.driver().save(str(tmp_path / "in"), storage.at("key"), owned=True)
        storage.driver().load(storage.at("key"), str(tmp_path / "out"))
        assert (tmp_path / "out").read_text() == "mine no more"

    def test_a_directory_comes_back(self, storage: Storage, tmp_path: Path) -> None:
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("dir"))
        storage.driver().load(storage.at("dir"), str(tmp_path / "out"))
        assert tree(tmp_path / "out") == FILES

    def test_a_part_of_a_directory_comes_back(self, storage: Storage, tmp_path: Path) -> None:
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("dir"))
        storage.driver().load(storage.at("dir/b"), str(tmp_path / "out"))
        storage.driver().load(storage.at("dir/b/c"), str(tmp_path / "file"))
        assert tree(tmp_path / "out") == {"c": b"22", "d/e": b""}
        assert (tmp_path / "file").read_bytes() == b"22"

    def test_a_file_takes_the_place_of_a_directory_and_back(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("file")
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("key"))
        storage.driver().save(str(tmp_path / "file"), storage.at("key"))
        storage.driver().load(storage.at("key"), str(tmp_path / "out1"))
        assert (tmp_path / "out1").read_text() == "file"

    def test_a_directory_is_listed_in_order(self, storage: Storage, tmp_path: Path) -> None:
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("dir"))
        found = [(entry.path, entry.size) for entry in storage.driver().list(storage.at("dir"))]
        assert found == [("a", 1), ("b/c", 2), ("b/d/e", 0), ("with space", 1)]

    def test_many_files_are_listed(self, storage: Storage, tmp_path: Path) -> None:
        names = [f"{number:04}" for number in range(1050)]
        storage.driver().save(str(fill(tmp_path / "in", dict.fromkeys(names, b"x"))), storage.at("many"))
        assert [entry.path for entry in storage.driver().list(storage.at("many"))] == names

    def test_a_directory_is_known(self, storage: Storage, tmp_path: Path) -> None:
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("dir"))
        assert storage.driver().is_directory(storage.at("dir"))
        assert storage.driver().is_directory(storage.at("dir/"))
        assert not storage.driver().is_directory(storage.at("dir/a"))
        assert not storage.driver().is_directory(storage.at("di"))

    def test_what_is_not_there_is_not_found(self, storage: Storage, tmp_path: Path) -> None:
        with pytest.raises(ArtifactNotFoundError):
            storage.driver().load(storage.at("none"), str(tmp_path / "out"))
        with pytest.raises(ArtifactNotFoundError):
            storage.driver().open(storage.at("none"))
        assert list(storage.driver().list(storage.at("none"))) == []
        assert not (tmp_path / "out").exists()

    def test_a_directory_is_no_stream(self, storage: Storage, tmp_path: Path) -> None:
        storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at("dir"))
        with pytest.raises(ArtifactNotFoundError):
            storage.driver().open(storage.at("dir"))

    def test_a_file_is_deleted(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "in").write_text("x")
        for key in ("key", "key2"):
            storage.driver().save(str(tmp_path / "in"), storage.at(key))
        storage.driver().delete(storage.at("key"))
        storage.driver().delete(storage.at("key"))
        with pytest.raises(ArtifactNotFoundError):
            storage.driver().load(storage.at("key"), str(tmp_path / "out"))
        storage.driver().load(storage.at("key2"), str(tmp_path / "out2"))

    def test_a_directory_is_deleted_and_its_neighbour_stays(self, storage: Storage, tmp_path: Path) -> None:
        for key in ("dir", "dir2"):
            storage.driver().save(str(fill(tmp_path / "in", FILES)), storage.at(key))
        storage.driver().delete(storage.at("dir/"))
        assert list(storage.driver().list(storage.at("dir"))) == []
        assert len(list(storage.driver().list(storage.at("dir2")))) == len(FILES)

    def test_links_are_read_inside_and_refused_outside(self, storage: Storage, tmp_path: Path) -> None:
        inside = fill(tmp_path / "in", {"sub/file": b"data"})
        (inside / "link").symlink_to("sub/file")
        storage.driver().save(str(inside), storage.at("links"))
        storage.driver().load(storage.at("links"), str(tmp_path / "out"))
        assert tree(tmp_path / "out") == {"link": b"data", "sub/file": b"data"}
        (tmp_path / "secret").write_text("outside")
        for number, target in enumerate(("../secret", str(tmp_path / "secret"), "sub/../../secret")):
            bad = fill(tmp_path / f"bad{number}", {"file": b""})
            (bad / "link").symlink_to(target)
            with pytest.raises(ArtifactError, match="illegal symlink target"):
                storage.driver().save(str(bad), storage.at(f"bad{number}"))


class SourceContract:
    """A storage that can only be read; ``source`` has a file with the bytes ``content`` at the location ``there``."""

    def test_a_file_is_read(self, source: Storage, content: bytes, tmp_path: Path) -> None:
        source.driver().load(source.at("there"), str(tmp_path / "out"))
        assert (tmp_path / "out").read_bytes() == content
        with source.driver().open(source.at("there")) as stream:
            assert stream.read() == content

    def test_it_cannot_be_deleted_or_listed(self, source: Storage) -> None:
        with pytest.raises(ArtifactError, match="delete not supported for this artifact storage"):
            source.driver().delete(source.at("there"))
        with pytest.raises(ArtifactError, match="ListObjects is currently not supported"):
            list(source.driver().list(source.at("there")))
        with pytest.raises(ArtifactError, match="IsDirectory currently unimplemented"):
            source.driver().is_directory(source.at("there"))


class SecretContract:
    """A driver that takes credentials shows them to nobody but its storage.

    The fixture ``guarded`` gives the factory, and fields that name secrets and a storage that does not answer or
    refuses; every secret that is asked for is the canary.
    """

    def credential(self, name: str, key: str) -> bytes:
        """What a secret holds: the canary, or a credential of the storage's form with the canary in it."""
        return CANARY

    def test_no_secret_is_shown(
        self,
        guarded: tuple[DriverFactory, Location],
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        factory, location = guarded
        asked: list[tuple[str, str]] = []

        def lookup(name: str, key: str) -> Secret:
            asked.append((name, key))
            return Secret(self.credential(name, key))

        caplog.set_level(logging.DEBUG)
        said = io.StringIO()
        driver = factory(location.fields, lookup, {"home": str(tmp_path), "timeout": "2", "retries": "0"})
        said.write(f"{driver!r} {driver} {vars(driver) if hasattr(driver, '__dict__') else ''}")
        (tmp_path / "in").write_text("x")
        actions: tuple[Callable[[], object], ...] = (
            lambda: driver.load(location, str(tmp_path / "out")),
            lambda: driver.save(str(tmp_path / "in"), location),
            lambda: driver.open(location).read(),
            lambda: list(driver.list(location)),
            lambda: driver.delete(location),
            lambda: driver.is_directory(location),
        )
        for action in actions:
            with pytest.raises(ArtifactError) as caught:
                action()
            said.write(f"{caught.value!r} {caught.value} {caught.value.hint} {pickle.dumps(caught.value)!r}")
            said.write("".join(f"{error!r}" for error in (caught.value.__cause__, caught.value.__context__)))
        shown = capfd.readouterr()
        said.write(shown.out + shown.err + caplog.text)
        assert asked, "the driver asked for no secret"
        assert CANARY.decode() not in said.getvalue()

    def test_a_missing_secret_is_named(self, guarded: tuple[DriverFactory, Location], tmp_path: Path) -> None:
        factory, location = guarded
        with pytest.raises(ArtifactError, match="secret"):
            factory(location.fields, lambda name, key: None, {"home": str(tmp_path)})


def fields_at(driver: str, fields: JsonObject, name: str = "key") -> Callable[[str], Location]:
    """Locations of one storage that differ in their key."""
    return lambda key: Location(driver=driver, key=key, fields={**fields, name: key})
