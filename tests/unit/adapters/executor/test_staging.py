"""Artifacts get into a pod and out of it."""

from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tiphys.adapters.executor.__main__ import main, perform
from tiphys.adapters.executor.job import (
    DONE,
    UNUSABLE,
    ContainerLog,
    Job,
    Mount,
    Result,
    command,
    encode_job,
    read_result,
    write_job,
)
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.secret import Secret


class Pod:
    """A pod's directories on the host."""

    def __init__(self, path: Path) -> None:
        self.home = path / "home"
        self.root = path / "root"
        self.volume = path / "volume"
        for item in (self.home, self.root, self.volume):
            item.mkdir()

    def load(self, *artifacts: JsonObject, **more: object) -> Result:
        return perform(self.job("load", *artifacts, **more))

    def save(self, *artifacts: JsonObject, **more: object) -> Result:
        return perform(self.job("save", *artifacts, **more))

    def job(self, action: str, *artifacts: JsonObject, **more: object) -> Job:
        fields = {"mounts": (Mount(str(self.volume), "/vol"),), **more}
        return Job(action=action, artifacts=artifacts, root=str(self.root), options={"home": str(self.home)}, **fields)  # type: ignore[arg-type]


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)


def stored(key: str, path: str, **more: object) -> JsonObject:
    return {"name": "a", "path": path, "file": {"key": key}, **more}  # type: ignore[dict-item]


def raw(data: str, path: str, **more: object) -> JsonObject:
    return {"name": "a", "path": path, "raw": {"data": data}, **more}  # type: ignore[dict-item]


NONE: JsonObject = {"none": {}}


@pytest.mark.parametrize(
    "archive",
    [{}, {"tar": {}}, {"tar": {"compressionLevel": 0}}, {"tar": {"compressionLevel": 9}}, {"zip": {}}, {"none": {}}],
)
def test_a_file_goes_from_one_pod_to_another(tmp_path: Path, archive: JsonObject) -> None:
    (tmp_path / "1").mkdir()
    one = Pod(tmp_path / "1")
    (one.root / "tmp").mkdir()
    (one.root / "tmp" / "hello.txt").write_text("hello\n")
    out = stored("wf/pod/a", "/tmp/hello.txt", archive=archive)
    assert one.save(out) == Result(artifacts=(out,))
    (one.root / "tmp" / "hello.txt").unlink()
    assert one.load(stored("wf/pod/a", "/new/dir/message", archive=archive)) == Result()
    assert (one.root / "new" / "dir" / "message").read_text() == "hello\n"
    assert os.listdir(one.home / "artifacts" / "tmp") == []


@pytest.mark.parametrize("archive", [{}, {"zip": {}}, {"none": {}}])
def test_a_directory_goes_from_one_pod_to_another(pod: Pod, archive: JsonObject) -> None:
    (pod.root / "out" / "sub").mkdir(parents=True)
    (pod.root / "out" / "sub" / "f").write_text("f")
    (pod.root / "out" / "run").write_text("r")
    (pod.root / "out" / "run").chmod(0o755)
    assert pod.save(stored("k", "/out", archive=archive)).error is None
    assert pod.load(stored("k", "/in", archive=archive)).error is None
    assert (pod.root / "in" / "sub" / "f").read_text() == "f"
    assert os.access(pod.root / "in" / "run", os.X_OK)


def test_what_is_saved_by_default_is_a_compressed_tar_of_that_name(pod: Pod) -> None:
    (pod.root / "out").mkdir()
    (pod.root / "out" / "f").write_text("f")
    assert pod.save(stored("k", "/out")).error is None
    data = (pod.home / "artifacts" / "keys" / "k").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        assert archive.getnames() == ["out", "out/f"]
    assert pod.save(stored("z", "/out", archive={"zip": {}})).error is None
    assert zipfile.ZipFile(pod.home / "artifacts" / "keys" / "z").namelist() == ["out/", "out/f"]


def test_a_tar_is_found_out_and_a_zip_is_not(pod: Pod) -> None:
    (pod.root / "f").write_text("f")
    pod.save(stored("tgz", "/f"), stored("zip", "/f", archive={"zip": {}}))
    pod.load(stored("tgz", "/from-tar"), stored("zip", "/from-zip"), stored("tgz", "/as-it-is", archive=NONE))
    assert (pod.root / "from-tar").read_text() == "f"
    assert (pod.root / "from-zip").read_bytes().startswith(b"PK")
    assert (pod.root / "as-it-is").read_bytes().startswith(b"\x1f\x8b")


@pytest.mark.parametrize("data", ["", "text", "x" * 100_000, "\x1f\x8b is not enough"])
def test_what_is_no_archive_is_kept_as_it_is(pod: Pod, data: str) -> None:
    assert pod.load(raw(data, "/f")) == Result()
    assert (pod.root / "f").read_text() == data


def test_what_only_looks_like_a_tar_is_kept_as_it_is(pod: Pod) -> None:
    (pod.root / "plain.gz").write_bytes(gzip.compress(b"log line\n" * 1000))
    pod.save(stored("k", "/plain.gz", archive=NONE))
    pod.load(stored("k", "/in"))
    assert (pod.root / "in").read_bytes() == (pod.root / "plain.gz").read_bytes()


def test_a_tar_that_was_promised_must_be_one(pod: Pod) -> None:
    result = pod.load(raw("text", "/f", archive={"tar": {}}))
    assert result.error == "artifact a failed to load: the artifact is not a gzip-compressed tar archive"
    assert pod.load(raw("text", "/f", archive={"zip": {}})).error == (
        "artifact a failed to load: the zip archive cannot be read: File is not a zip file"
    )


def test_optional_inputs_may_be_missing(pod: Pod) -> None:
    result = pod.load(stored("none", "/a", optional=True), raw("x", "/b"))
    assert result == Result(skipped=("a",))
    assert not (pod.root / "a").exists()
    assert (pod.root / "b").read_text() == "x"


def test_a_missing_input_ends_the_job(pod: Pod) -> None:
    result = pod.load(stored("none", "/a"), raw("x", "/b"))
    assert result.error == "artifact a failed to load: there is no artifact 'none' in the data directory"
    assert not (pod.root / "b").exists()


@pytest.mark.parametrize("key", ["run/pod/tree.tgz/in/deep.txt", "run/pod/tree.zip/in"])
def test_a_part_of_what_was_packed_is_missing_for_a_reason_that_is_said(pod: Pod, key: str) -> None:
    assert pod.load(stored(key, "/a")).error == (
        f"artifact a failed to load: there is no {key!r}: subPath reaches only into artifacts that were saved with "
        "archive none"
    )


@pytest.mark.parametrize(
    ("mode", "recurse", "expected"), [(0o700, True, (0o700, 0o700)), (0o750, None, (0o750, 0o644))]
)
def test_modes_are_set(pod: Pod, mode: int, recurse: bool | None, expected: tuple[int, int]) -> None:
    (pod.root / "out").mkdir()
    (pod.root / "out" / "f").write_text("f")
    (pod.root / "out" / "f").chmod(0o644)
    (pod.root / "out" / "link").symlink_to("f")
    pod.save(stored("k", "/out"))
    assert pod.load(stored("k", "/in", mode=mode, recurseMode=recurse)).error is None
    found = tuple(stat.S_IMODE((pod.root / "in" / name).stat().st_mode) for name in (".", "f"))
    assert found == expected


def test_an_artifact_goes_into_the_volume_that_covers_it(pod: Pod) -> None:
    pod.load(raw("x", "/vol/deep/er/f"))
    assert (pod.volume / "deep" / "er" / "f").read_text() == "x"
    assert pod.save(stored("k", "/vol/deep", archive=NONE)).error is None
    assert not (pod.root / "vol").exists()


def test_the_volume_itself_gets_what_a_directory_holds(pod: Pod) -> None:
    (pod.volume / "kept").write_text("kept")
    (pod.root / "out").mkdir()
    (pod.root / "out" / "f").write_text("f")
    pod.save(stored("k", "/out"))
    assert pod.load(stored("k", "/vol")) == Result()
    assert sorted(os.listdir(pod.volume)) == ["f", "kept"]
    assert pod.load(raw("x", "/vol")).error == "artifact a failed to load: is a directory"


def test_a_mount_that_is_not_there_yet_receives_the_artifact(pod: Pod) -> None:
    mounts = (Mount(str(pod.home / "bound"), "/usr/share/data"),)
    assert pod.load(raw("x", "/usr/share/data"), mounts=mounts).error is None
    assert (pod.home / "bound").read_text() == "x"


def test_links_in_a_volume_do_not_lead_out_of_the_pod(pod: Pod, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (pod.volume / "up").symlink_to("../../victim")
    (pod.volume / "abs").symlink_to(str(tmp_path / "victim"))
    (pod.volume / "file").symlink_to(str(tmp_path / "victim" / "f"))
    for path in ("/vol/up/f", "/vol/abs/f", "/vol/file"):
        assert pod.load(raw("x", path)).error is None
    assert os.listdir(tmp_path / "victim") == []
    assert (pod.volume / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "Artifact 'a' did not specify a path"),
        (
            "/safe/../../etc/passwd",
            "Artifact 'a' attempted to use a path containing '..'. Directory traversal is not permitted",
        ),
    ],
)
def test_bad_paths_are_refused(pod: Pod, path: str, text: str) -> None:
    assert pod.load(raw("x", path)).error == f"artifact a failed to load: {text}"
    assert pod.save(stored("k", path)).error == f"{text}; "


def test_a_missing_output_is_an_error_unless_it_is_optional(pod: Pod) -> None:
    (pod.root / "there").write_text("x")
    good = {**stored("k3", "/there"), "name": "good"}
    result = pod.save(stored("k1", "/one"), stored("k2", "/two", optional=True), stored("k4", "/three"), good)
    assert result == Result(
        error="/one no such file or directory; /three no such file or directory; ", artifacts=(good,)
    )


def test_a_wrong_level_is_an_error(pod: Pod) -> None:
    (pod.root / "f").write_text("x")
    result = pod.save(stored("k", "/f", archive={"tar": {"compressionLevel": 11}}))
    assert result.error == "gzip: invalid compression level: 11; "


def test_links_of_the_container_are_its_own(pod: Pod, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("outside")
    (pod.root / "out").symlink_to(f"{tmp_path}/outside")
    assert pod.save(stored("k", "/out")).error == "/out no such file or directory; "
    (pod.root / "real").write_text("inside")
    (pod.root / "alias").symlink_to("/real")
    assert pod.save(stored("k", "/alias")).error is None
    pod.load(stored("k", "/copy"))
    assert (pod.root / "copy").read_text() == "inside"


def test_inputs_are_given_to_the_pods_user(pod: Pod) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    pod.load(raw("x", "/f"), owner=(1234, 1235))
    assert ((pod.root / "f").stat().st_uid, (pod.root / "f").stat().st_gid) == (1234, 1235)


def test_logs_are_archived(pod: Pod, tmp_path: Path) -> None:
    log = tmp_path / "main.log"
    log.write_bytes(
        b"2026-01-01T00:00:00.0Z stdout F one\n2026-01-01T00:00:00.0Z stderr P two\n2026-01-01T00:00:00.0Z stdout F  three\ncut"
    )
    (tmp_path / "other.log").write_text("plain\n")
    logs = (
        ContainerLog("main", str(log)),
        ContainerLog("other", str(tmp_path / "other.log"), cri=False),
        ContainerLog("silent", str(tmp_path / "none.log")),
    )
    result = pod.save(logs=logs, log_artifact={"name": "main-logs", "file": {"key": "wf/pod/main.log"}})
    assert result == Result(
        artifacts=(
            {"name": "main-logs", "file": {"key": "wf/pod/main.log"}},
            {"name": "other-logs", "file": {"key": "wf/pod/other.log"}},
        )
    )
    keys = pod.home / "artifacts" / "keys" / "wf%" / "pod%"
    assert (keys / "main.log").read_text() == "one\ntwo three\n"
    assert (keys / "other.log").read_text() == "plain\n"


def test_an_unknown_storage_is_an_error(pod: Pod) -> None:
    assert (pod.load({"name": "a", "path": "/a"}).error or "").startswith(
        "artifact a failed to load: artifact storage is not configured"
    )


def test_the_program_does_a_job(pod: Pod, tmp_path: Path) -> None:
    write_job(str(tmp_path / "job"), pod.job("load", raw("x", "/f"), secrets={"s": {"k": Secret(b"canary")}}))
    subprocess.run(command(str(tmp_path / "job"), str(tmp_path / "result")), check=True, cwd="/")
    assert read_result(str(tmp_path / "result"), DONE) == Result()
    assert (pod.root / "f").read_text() == "x"
    assert not (tmp_path / "job").exists()


def test_the_program_takes_a_job_from_stdin(pod: Pod, tmp_path: Path) -> None:
    data = encode_job(pod.job("load", raw("x", "/f")))
    subprocess.run(command("-", str(tmp_path / "result")), input=data, check=True, cwd="/")
    assert (pod.root / "f").read_text() == "x"


def test_the_program_says_where_it_failed_and_not_on_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "job").write_text('{"action": "canary"}')
    assert main([str(tmp_path / "job"), str(tmp_path / "result")]) == UNUSABLE
    said = capsys.readouterr().err
    assert said.startswith("ValidationError at ")
    assert "canary" not in said
