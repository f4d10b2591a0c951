"""Lists, gets and deletions with 100,000 finished workflows of 20 nodes, against the same with 1,000 of them."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec

from bench.server import process, show_pair, times
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.adapters.system import SystemClock
from tiphys.app.services.objects import new_object
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ids import NodeName
from tiphys.ports.store import NodeRow, RunCommit

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_NODES = 20
_INTERNAL = b'{"sequence":0,"started":"2026-01-05T00:00:00Z"}'
_PATH = "/api/v1/workflows/default"
_ANSWER = 50
_FIELDS = "metadata,items.metadata,items.status.phase"
_FEW = 1000


def _workflow(number: int, teams: int, made: datetime) -> Workflow:
    phase = "Failed" if number % 10 == 0 else "Succeeded"
    labels = {
        "workflows.argoproj.io/completed": "true",
        "workflows.argoproj.io/phase": phase,
        "team": f"t{number % teams}",
    }
    status = {
        "phase": phase,
        "startedAt": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "finishedAt": f"{made + timedelta(seconds=20):%Y-%m-%dT%H:%M:%SZ}",
    }
    name = f"w{number:06}"
    return msgspec.convert(
        {
            "metadata": {"name": name, "namespace": "default", "uid": f"uid-{number}", "labels": labels},
            "spec": {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]},
            "status": status,
        },
        Workflow,
    )


def fill(home: Path, count: int) -> None:
    """Keep so many finished workflows, one a minute; a hundred have one team."""
    store = SqliteStore(home / "tiphys.db", SystemClock())
    for number in range(count):
        made = _BEGIN + timedelta(minutes=number)
        item = store.create(new_object(_workflow(number, count // 100, made), made))
        nodes = []
        for at in range(_NODES):
            name = f"{item.key.name}.n{at}"
            status = {"id": f"{item.key.name}-{at}", "name": name, "displayName": f"n{at}", "type": "Pod"}
            body = msgspec.json.encode({**status, "phase": "Succeeded"})
            nodes.append(NodeRow(name=NodeName(name), sequence=at, status=body, internal=_INTERNAL))
        store.commit(RunCommit(uid=item.uid, nodes=nodes))
    store.close()


def _asked(count: int) -> dict[str, str]:
    """Lists of one page; what they want lies far behind the newest."""
    then = quote(f"{_BEGIN + timedelta(minutes=count // 10):%Y-%m-%dT%H:%M:%SZ}")
    late = quote(f"{_BEGIN + timedelta(minutes=count - 5):%Y-%m-%dT%H:%M:%SZ}")
    page = f"{_PATH}?listOptions.limit={_ANSWER}&fields={_FIELDS}"
    cursor = f"w{(_BEGIN + timedelta(minutes=count // 10)).timestamp() * 1e6:.0f}.0.x"
    return {
        "first page": page,
        "page by label": f"{page}&listOptions.labelSelector=team=t5",
        "page behind a token, nine tenths in": f"{page}&listOptions.continue={cursor}",
        "finishedBefore, nine tenths in": f"{page}&finishedBefore={then}",
        "spec.startedAt before": f"{page}&listOptions.fieldSelector=spec.startedAt%3C{then}",
        "spec.startedAt after, five rows": f"{page}&listOptions.fieldSelector=spec.startedAt%3E{late}",
        "createdAfter, five rows": f"{page}&createdAfter={late}",
        "get": f"{_PATH}/w000050",
        "get of a name that is not there": f"{_PATH}/nobody",
    }


def report(*, quick: bool = False) -> None:
    """Print the time of each request with many workflows, with few, and the ratio."""
    many = 10_000 if quick else 100_000
    few, rounds = _FEW, 30
    options = ["--port", "0", "--auth-mode", "server", "--api-rate-limit", "0", "--loglevel", "error"]
    with tempfile.TemporaryDirectory() as place:
        homes = {count: Path(place) / str(count) for count in (many, few)}
        for count, home in homes.items():
            home.mkdir()
            (home / "config.yaml").write_text("persistence: {archive: true}\n")
            fill(home, count)
        command = (sys.executable, "-m", "tiphys", "server", *options, "--home")
        with (
            process(*command, str(homes[many])) as large,
            process(*command, str(homes[few])) as small,
            httpx.Client(base_url=large, timeout=60) as client,
            httpx.Client(base_url=small, timeout=60) as other,
        ):
            for what, path in _asked(many).items():
                show_pair(what, _some(client, rounds, path), _some(other, rounds, _asked(few)[what]))
            gone = [times(each, rounds, "DELETE", f"{_PATH}/w{{:06}}") for each in (client, other)]
            show_pair("delete", *gone)


def _some(client: httpx.Client, rounds: int, path: str) -> list[float]:
    client.get(path)
    return times(client, rounds, "GET", path, missing=path.endswith("/nobody"))
