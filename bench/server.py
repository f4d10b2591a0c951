"""Requests to a server against the same answers of a bare Starlette route, in turn, by the same client."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import httpx

from bench.pairs import show

#: What the reference does: the bytes of each answer are there already.
_BARE = """
import socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

held = {}

async def answer(request):
    if request.method == "POST" and request.url.path == "/keep":
        held[request.query_params["name"]] = await request.body()
    elif request.method == "POST":
        await request.body()
    return Response(held.get(request.query_params.get("name"), b"{}"), media_type="application/json")

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(100)
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
app = Starlette(routes=[Route("/{rest:path}", answer, methods=["GET", "POST"])])
uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run(sockets=[listener])
"""
_TEMPLATE = {"name": "main", "suspend": {}}
_SPEC = {"entrypoint": "main", "templates": [_TEMPLATE]}
_BODY = {"workflow": {"metadata": {"generateName": "bench-"}, "spec": _SPEC}}
_PATH = "/api/v1/workflows/default"


@contextlib.contextmanager
def process(*command: str) -> Iterator[str]:
    """A server; its first line ends with its address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1].rstrip("/")
        finally:
            process.terminate()
            process.wait()


def times(
    client: httpx.Client, count: int, method: str, path: str, body: object = None, *, missing: bool = False
) -> list[float]:
    """How long each of some requests takes; a gap in the path is filled with the number of the request.

    With ``missing`` there must be nothing to be found.
    """
    found = []
    for number in range(count):
        start = time.perf_counter()
        answer = client.request(method, path.format(number), json=body)
        found.append(time.perf_counter() - start)
        if not missing:
            answer.raise_for_status()
        elif answer.status_code != 404:
            raise ValueError(f"{path} is there")
    return found


def report(*, quick: bool = False) -> None:
    """Print requests a second and the 99th percentile of get, list and submit."""
    count = 50 if quick else 500
    options = ["--port", "0", "--auth-mode", "server", "--api-rate-limit", "0", "--loglevel", "warn"]
    with (
        tempfile.TemporaryDirectory() as home,
        process(sys.executable, "-m", "tiphys", "server", "--home", str(Path(home)), *options) as ours,
        process(sys.executable, "-c", _BARE) as bare,
        httpx.Client(base_url=ours, timeout=60) as client,
        httpx.Client(base_url=bare, timeout=60) as other,
    ):
        times(client, count, "POST", _PATH, _BODY)
        name = client.get(f"{_PATH}?listOptions.limit=1").json()["items"][0]["metadata"]["name"]
        asked = {
            "get": ("GET", f"{_PATH}/{name}", None),
            "list 50": ("GET", f"{_PATH}?listOptions.limit=50&fields=metadata,items.metadata,items.status.phase", None),
            "submit": ("POST", _PATH, _BODY),
        }
        for what, (method, path, body) in asked.items():
            held = client.request(method, path, json=body).content
            other.post("/keep", params={"name": what}, content=held)
            bare_path = f"/x?name={what}"
            times(client, 5, method, path, body)
            times(other, 5, method, bare_path, body)
            mine, theirs = [], []
            for _ in range(10):  # in turn: the machine is shared
                mine += times(client, count // 10, method, path, body)
                theirs += times(other, count // 10, method, bare_path, body)
            show_pair(what, mine, theirs)


def show_pair(what: str, mine: list[float], theirs: list[float]) -> None:
    usual, bare = median(mine), median(theirs)
    worst, worst_bare = quantiles(mine, n=100)[98], quantiles(theirs, n=100)[98]
    show(f"{what}, {1 / usual:.0f} a second", (usual, bare, usual / bare), "10")
    show(f"{what}, 99th percentile", (worst, worst_bare, worst / worst_bare), "10")
