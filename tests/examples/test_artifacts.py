"""The commands about artifacts, on a workflow that really ran."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.examples.test_examples import EXAMPLES, tiphys


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which two examples ran; no test changes it."""
    home = tmp_path_factory.mktemp("home")
    for name, file in (("one", "50-artifact-passing"), ("two", "52-artifact-archives")):
        done = tiphys(home, "run", str(EXAMPLES / f"{file}.yaml"), "--name", name)
        assert done.returncode == 0, done.stderr
    return home


def test_artifacts_are_listed(home: Path) -> None:
    lines = tiphys(home, "artifacts", "ls", "two").stdout.splitlines()
    assert lines[0].split() == ["NODE", "ARTIFACT", "PATH", "KEY"]
    rows = [line.split() for line in lines[1:]]
    assert [row[1] for row in rows] == ["usual", "stored", "zipped", "plain"]
    assert [row[3].rpartition("/")[2] for row in rows] == ["usual.tgz", "stored.tgz", "zipped.zip", "out"]
    listed = json.loads(tiphys(home, "artifacts", "ls", "two", "-o", "json").stdout)
    assert [item["name"] for item in listed] == ["usual", "stored", "zipped", "plain"]
    assert tiphys(home, "artifacts", "ls", "two", "-o", "name").stdout.split() == ["usual", "stored", "zipped", "plain"]


def test_a_file_is_shown(home: Path) -> None:
    assert tiphys(home, "artifacts", "cat", "one", "letter").stdout == "hello from afar\n"


def test_a_directory_is_not_shown_but_fetched(home: Path, tmp_path: Path) -> None:
    refused = tiphys(home, "artifacts", "cat", "two", "usual")
    assert refused.returncode != 0
    assert "is a directory" in refused.stderr
    for name in ("usual", "stored", "zipped", "plain"):
        done = tiphys(home, "artifacts", "get", "two", name, "-o", str(tmp_path / name))
        assert done.stdout == f"{tmp_path / name}\n", done.stderr
        assert (tmp_path / name / "sub" / "file").read_text() == "two\n"
    assert tiphys(home, "artifacts", "get", "two", "usual", "-o", str(tmp_path / "raw"), "--raw").returncode == 0
    assert (tmp_path / "raw").read_bytes().startswith(b"\x1f\x8b")
    again = tiphys(home, "artifacts", "get", "two", "usual", "-o", str(tmp_path / "raw"))
    assert "there is something already" in again.stderr


def test_an_unknown_artifact_is_said(home: Path) -> None:
    done = tiphys(home, "artifacts", "cat", "one", "none")
    assert (done.returncode != 0, "has no artifact 'none'" in done.stderr) == (True, True)


def test_artifacts_are_copied_as_they_are_stored(home: Path, tmp_path: Path) -> None:
    done = tiphys(home, "cp", "two", str(tmp_path), "--path", "{workflowName}/{artifactName}")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count('Created "') == 4
    assert (tmp_path / "two" / "zipped" / "zipped.zip").read_bytes().startswith(b"PK")
    assert (tmp_path / "two" / "plain" / "out" / "file").read_text() == "one\n"
    climbing = tiphys(home, "cp", "two", str(tmp_path / "x"), "--path", "../../{artifactName}")
    assert "--path leads out of the directory" in climbing.stderr


def test_artifacts_are_removed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert tiphys(home, "run", str(EXAMPLES / "52-artifact-archives.yaml"), "--name", "two").returncode == 0
    assert tiphys(home, "artifacts", "rm", "two").returncode == 2
    assert tiphys(home, "artifacts", "rm", "two", "usual", "plain").stdout == "2 artifacts removed\n"
    listed = json.loads(tiphys(home, "artifacts", "ls", "two", "-o", "json").stdout)
    assert {item["name"]: item["deleted"] for item in listed} == {
        "usual": True, "stored": False, "zipped": False, "plain": True,
    }  # fmt: skip
    assert tiphys(home, "artifacts", "rm", "two", "--all").stdout == "2 artifacts removed\n"
    assert [path for path in (home / "artifacts" / "keys").rglob("*") if path.is_file() and "two" in str(path)] == []
    workflow = json.loads(tiphys(home, "get", "two", "-o", "json").stdout)
    kept = [
        item for node in workflow["status"]["nodes"].values() for item in node.get("outputs", {}).get("artifacts", [])
    ]
    assert all(item["deleted"] for item in kept)


def test_artifacts_go_when_their_time_has_come(tmp_path: Path) -> None:
    def kept() -> list[str]:
        found = (path.name for path in (tmp_path / "artifacts" / "keys").rglob("*") if path.is_file())
        return sorted(found)

    assert tiphys(tmp_path, "run", str(EXAMPLES / "56-artifact-gc.yaml"), "--name", "gc").returncode == 0
    assert kept() == ["report.tgz", "result.tgz"]
    assert tiphys(tmp_path, "delete", "gc").returncode == 0
    assert kept() == ["result.tgz"]
