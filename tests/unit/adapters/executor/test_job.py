"""Jobs carry credentials to the executor and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from tiphys.adapters.executor import job as jobs
from tiphys.secret import Secret

CANARY = b"canary-9f31\xff"


def some_job() -> jobs.Job:
    return jobs.Job(
        action="load",
        root="/somewhere",
        artifacts=({"name": "a", "path": "/a", "raw": {"data": "x"}},),
        secrets={"store": {"key": Secret(CANARY)}},
        config_maps={"krb5": {"conf": b"text"}},
        mounts=(jobs.Mount("/v", "/data"),),
        owner=(1000, 1000),
    )


def test_a_job_survives_its_text_with_binary_secrets() -> None:
    assert jobs.decode_job(jobs.encode_job(some_job())) == some_job()


def test_a_job_shows_no_secret() -> None:
    shown = f"{some_job()!r} {some_job()}"
    assert "canary" not in shown
    assert "***" in shown


def test_a_job_is_not_encoded_by_accident() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(some_job())


def test_a_job_file_is_private_and_gone_once_read(tmp_path: Path) -> None:
    path = tmp_path / "job"
    old = os.umask(0)
    try:
        jobs.write_job(str(path), some_job())
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert jobs.take_job(str(path)) == some_job()
    assert not path.exists()


def test_a_job_file_is_gone_even_if_it_is_none(tmp_path: Path) -> None:
    path = tmp_path / "job"
    path.write_text("{")
    with pytest.raises(msgspec.DecodeError):
        jobs.take_job(str(path))
    assert not path.exists()


def test_a_result_is_read_back(tmp_path: Path) -> None:
    path = str(tmp_path / "result")
    result = jobs.Result(error="no", artifacts=({"name": "a"},), skipped=("b",))
    jobs.write_result(path, result)
    assert jobs.read_result(path, 0) == result


@pytest.mark.parametrize(
    ("status", "said", "text"),
    [
        (-9, b"", "the executor was killed by signal 9"),
        (2, b"one\ntwo\n", "the executor exited with code 2: two"),
    ],
)
def test_a_missing_result_says_how_the_program_ended(tmp_path: Path, status: int, said: bytes, text: str) -> None:
    assert jobs.read_result(str(tmp_path / "none"), status, said) == jobs.Result(error=text)
