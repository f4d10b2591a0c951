"""Artifacts through the executor against `cp` and against the library alone."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.pairs import ratio, seconds, show
from tiphys.adapters.executor.job import Job, command, encode_job, read_result
from tiphys.core.manifest.model.scalars import JsonObject

#: The library alone: what the driver does with it, without the driver.
_ALONE = """
import sys, obstore
from pathlib import Path
from obstore.store import S3Store
store = S3Store("bench", endpoint=f"http://{sys.argv[1]}", region="us-east-1", access_key_id="a", secret_access_key="b",
                client_options={"allow_http": True, "timeout": "1h"})
if sys.argv[2] == "put":
    obstore.put(store, "alone", Path(sys.argv[3]))
else:
    with open(sys.argv[3], "wb") as file:
        for chunk in obstore.get(store, "alone").stream():
            file.write(chunk)
"""
_BUCKET = """
import boto3, sys
boto3.client("s3", endpoint_url=f"http://{sys.argv[1]}", region_name="us-east-1").create_bucket(Bucket="bench")
"""
_ENVIRONMENT = {**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


def report(*, quick: bool) -> None:
    """Print throughput of both directions, for `file` and for `s3` on a server on loopback."""
    size, runs = (32, 1) if quick else (256, 3)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as scratch:
        root = Path(scratch)
        with (root / "big").open("wb") as file:
            for _ in range(size):
                file.write(os.urandom(1 << 20))

        def copy() -> float:
            return seconds(["cp", str(root / "big"), str(root / "copy")])

        archives: tuple[tuple[str, JsonObject], ...] = (("none", {}), ("tar", {"compressionLevel": 0}))
        for name, how in archives:
            for action in ("save", "load"):
                ours = _transfer(root, action, {"file": {"key": f"bench-{name}"}}, {name: how})
                show(f"file, {name}: {action} {size} MiB, against cp", ratio(ours, copy, runs), "-")
        with _server() as endpoint:
            at: JsonObject = {
                "s3": {"endpoint": endpoint, "bucket": "bench", "insecure": True, "useSDKCreds": True, "key": "k"}
            }
            for action, word, target in (("save", "put", "big"), ("load", "get", "alone")):
                words = [sys.executable, "-c", _ALONE, endpoint, word, str(root / target)]
                ours = _transfer(root, action, at, {"none": {}})
                show(f"s3, none: {action} {size} MiB, against obstore", ratio(ours, partial(seconds, words), runs), "-")


def _transfer(root: Path, action: str, at: JsonObject, archive: JsonObject) -> Callable[[], float]:
    artifact: JsonObject = {"name": "a", "path": "/big" if action == "save" else "/in", "archive": archive, **at}
    job = Job(action=action, root=str(root), artifacts=(artifact,), options={"home": str(root / "home")})  # type: ignore[arg-type]

    def once() -> float:
        (root / "in").unlink(missing_ok=True)
        begin = time.perf_counter()
        subprocess.run(command("-", str(root / "result")), input=encode_job(job), check=True, env=_ENVIRONMENT)
        took = time.perf_counter() - begin
        error = read_result(str(root / "result"), 0).error
        if error is not None:
            raise RuntimeError(error)
        return took

    return once


@contextmanager
def _server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        subprocess.run([sys.executable, "-c", _BUCKET, f"{host}:{port}"], check=True, env=_ENVIRONMENT)
        yield f"{host}:{port}"
    finally:
        server.stop()
