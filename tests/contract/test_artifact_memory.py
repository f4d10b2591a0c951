"""What passes through the executor does not lie in its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from tests.contract.storages import moto

from tiphys.adapters.executor.job import Job, encode_job, read_result
from tiphys.core.manifest.model.scalars import JsonObject

#: The budget of a 2 GiB artifact; a smaller file shows the same, as long as it is larger than the budget.
BUDGET = 64 << 20
SIZE = 96 << 20
#: The executor, and then the most memory that it held: what its parent held does not count.
PROGRAM = """
import sys
from tiphys.adapters.executor.__main__ import main
code = main(["-", sys.argv[1]])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
sys.exit(code)
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto() as endpoint:
        yield endpoint


def perform(job: Job, directory: Path) -> int:
    """Do a job in the program; the most memory that it held, in bytes."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(directory / "result")], input=encode_job(job), env=environment,
        capture_output=True, check=True,
    )  # fmt: skip
    assert read_result(str(directory / "result"), done.returncode).error is None
    return int(done.stdout) * 1024


@pytest.mark.parametrize(
    ("storage", "archive"),
    [("file", "none"), ("file", "tar"), ("file", "zip"), ("s3", "none"), ("s3", "tar")],
)
def test_memory_does_not_grow_with_the_artifact(tmp_path: Path, endpoint: str, archive: str, storage: str) -> None:
    with (tmp_path / "out").open("wb") as file:
        for _ in range(SIZE >> 20):
            file.write(os.urandom(1 << 16) * 16)
    location: JsonObject = {"key": f"{storage}-{archive}"}
    if storage == "s3":
        location.update(endpoint=endpoint, bucket="memory", insecure=True, useSDKCreds=True)
        boto3.client(
            "s3", endpoint_url=f"http://{endpoint}", region_name="us-east-1", aws_access_key_id="a",
            aws_secret_access_key="b",
        ).create_bucket(Bucket="memory")  # fmt: skip
    how: JsonObject = {"compressionLevel": 0} if archive == "tar" else {}
    for action, path in (("save", "/out"), ("load", "/in")):
        artifact: JsonObject = {"name": "a", "path": path, "archive": {archive: how}, storage: location}
        options = {"home": str(tmp_path / "home")}
        job = Job(action=action, root=str(tmp_path), artifacts=(artifact,), options=options)  # type: ignore[arg-type]
        memory = perform(job, tmp_path)
        assert memory < BUDGET, f"{action} took {memory >> 20} MiB"
    assert (tmp_path / "in").stat().st_size == SIZE
