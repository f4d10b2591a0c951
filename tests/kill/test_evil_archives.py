"""Archives that want to reach out of their pod, or to fill the disk: the node says so, nothing of it stays, in either runtime."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.kill.machine import Machine
from tests.serving import Quiet, serving

#: What the bomb unpacks to, in bytes, as far as it says.
_PROMISED = 1 << 50


def _entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode = kind, link, 0o777
    found.devmajor, found.devminor = 1, 3
    return found


def _tar(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for entry, data in entries:
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _zip(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "evil")
    return made.getvalue()


def _bomb() -> bytes:
    """A tar whose one file is many times larger than any disk that it is given."""
    head = _entry("big")
    head.size = _PROMISED
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=1) as stream:
        stream.write(head.tobuf())
        block = bytes(1 << 20)
        stream.write(block)
    return made.getvalue()


FILE = _entry("../../../../../../../../../../tmp/tiphys-evil")
ARCHIVES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "climbs": (lambda: _tar((FILE, b"evil")), "", "illegal file path: "),
    "absolute link": (lambda: _tar((_entry("d/l", tarfile.SYMTYPE, "/etc"), b""), (_entry("x"), b"")), "", "illegal symlink target: "),
    "through a link": (
        lambda: _tar((_entry("d/in"), b""), (_entry("d/l", tarfile.SYMTYPE, "in"), b""), (_entry("d/l/x"), b"evil")),
        "", "illegal file path after symlink resolution: ",
    ),
    "device": (lambda: _tar((_entry("d/null", tarfile.CHRTYPE), b""), (_entry("x"), b"")), "", "illegal file type: "),
    "pipe": (lambda: _tar((_entry("d/pipe", tarfile.FIFOTYPE), b""), (_entry("x"), b"")), "", "illegal file type: "),
    "hard link": (lambda: _tar((_entry("d/l", tarfile.LNKTYPE, "/etc/passwd"), b""), (_entry("x"), b"")), "", "illegal "),
    "zip climbs": (lambda: _zip("../../../../../../../../tmp/tiphys-evil"), "zip", "illegal file path: "),
    "cut": (lambda: _tar((_entry("a"), os.urandom(100_000)))[:50_000], "", ""),
    "bomb": (_bomb, "", "the archive unpacks to more than "),
}  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Handler(Quiet):
        def do_GET(self) -> None:
            self.answer(200, ARCHIVES[self.path.strip("/").replace("%20", " ")][0]())

    with serving(Handler) as found:
        yield found


def test_no_archive_reaches_out(machine: Machine, address: str, tmp_path: Path) -> None:
    """All of them at once, beside a pod that has nothing to do with it."""
    tasks, templates = [{"name": "good", "template": "good"}], [{"name": "good", "container": _container("true")}]
    for name, (_, kind, _) in ARCHIVES.items():
        own = name.replace(" ", "-")
        source = {"url": f"{address}/{name.replace(' ', '%20')}"}
        artifact = {"name": "in", "path": "/in", "http": source, **({"archive": {kind: {}}} if kind else {})}
        templates.append({"name": own, "inputs": {"artifacts": [artifact]}, "container": _container("echo began")})
        tasks.append({"name": own, "template": own})
    machine.write(dag={"failFast": False, "tasks": tasks})
    document = yaml.safe_load((tmp_path / "w.yaml").read_text())
    document["spec"]["templates"] += templates
    (tmp_path / "w.yaml").write_text(yaml.safe_dump(document))
    done = machine.call("run", str(tmp_path / "w.yaml"), "-o", "json", EXECUTOR_RETRY_BACKOFF_DURATION="10ms")
    nodes = {node["displayName"]: node for node in json.loads(done.stdout)["status"]["nodes"].values()}
    assert nodes["good"]["phase"] == "Succeeded"
    for name, (_, _, reason) in ARCHIVES.items():
        node = nodes[name.replace(" ", "-")]
        begin = f"init: Error (exit code 64): artifact in failed to load: {reason}"
        assert node["phase"] == "Error" and node["message"].startswith(begin), (name, node["message"])
    assert not Path("/tmp/tiphys-evil").exists()
    left = [path for path in machine.home.rglob("*") if path.name in ("null", "pipe", "tiphys-evil", "big")]
    assert left == []


def _container(script: str) -> dict[str, object]:
    return {"image": "busybox", "command": ["sh", "-c", script]}
