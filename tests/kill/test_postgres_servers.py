"""Servers that share one PostgreSQL: one is killed, the database is stopped and started; nothing is lost or doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Running, running
from tests.contract.postgres import Cluster, cluster
from tests.waiting import until

RUNS, PODS = 4, 3


@pytest.fixture
def postgres() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


class Work:
    """Workflows whose pods say that they began, wait until they may go on, and say that they ended."""

    def __init__(self, folder: Path, postgres: Cluster) -> None:
        self.folder, self.home = folder / "out", folder / "home"
        self.folder.mkdir()
        self.environment = {
            "TIPHYS_DATABASE_URL": postgres.url,
            "TIPHYS_HOST_PATHS": str(self.folder),
            "TIPHYS_RUNTIME": "process",
            "LEADER_ELECTION_LEASE_DURATION": "2s",
        }

    def submit(self, server: Running, name: str) -> None:
        """Submit one of them."""
        script = (
            f"echo {name}-{{{{inputs.parameters.n}}}} >> /out/begun; until test -e /out/go; do sleep 0.05; done; "
            f"echo {name}-{{{{inputs.parameters.n}}}} >> /out/ended"
        )
        pod = {
            "name": "pod",
            "inputs": {"parameters": [{"name": "n"}]},
            "container": {
                "image": "none",
                "command": ["sh", "-c", script],
                "volumeMounts": [{"name": "out", "mountPath": "/out"}],
            },
        }
        step = {
            "name": "step",
            "template": "pod",
            "withSequence": {"count": str(PODS)},
            "arguments": {"parameters": [{"name": "n", "value": "{{item}}"}]},
        }
        spec = {
            "entrypoint": "main",
            "volumes": [{"name": "out", "hostPath": {"path": str(self.folder)}}],
            "templates": [{"name": "main", "steps": [[step]]}, pod],
        }
        with server.client() as client:
            made = client.post(
                "/api/v1/workflows/default", json={"workflow": {"metadata": {"name": name}, "spec": spec}}
            )
            assert made.status_code == 200, made.text

    def lines(self, file: str) -> Counter[str]:
        """What the pods have said."""
        path = self.folder / file
        return Counter(path.read_text().split() if path.exists() else [])


EVERYBODY = Counter(f"run-{number}-{pod}" for number in range(RUNS) for pod in range(PODS))


def phases(server: Running) -> list[str]:
    """The phases of all workflows; nothing while the database is away."""
    with server.client() as client:
        answer = client.get("/api/v1/workflows/default")
    return [item["status"].get("phase", "") for item in answer.json()["items"] or []] if answer.is_success else []


def test_a_killed_server_is_survived_by_its_workflows(tmp_path: Path, postgres: Cluster) -> None:
    work = Work(tmp_path, postgres)
    with running(work.home, environment=work.environment) as first:
        for number in range(RUNS):
            work.submit(first, f"run-{number}")
        until(lambda: work.lines("begun") == EVERYBODY)
        with running(work.home, environment=work.environment) as second:
            first.process.kill()
            (work.folder / "go").touch()
            until(lambda: phases(second) == ["Succeeded"] * RUNS)
    assert work.lines("begun") == work.lines("ended") == EVERYBODY


def test_a_database_that_was_away_loses_nothing(tmp_path: Path, postgres: Cluster) -> None:
    work = Work(tmp_path, postgres)
    with running(work.home, environment=work.environment) as server:
        for number in range(RUNS - 1):
            work.submit(server, f"run-{number}")
        until(lambda: sum(work.lines("begun").values()) == PODS * (RUNS - 1))
        postgres.stop("immediate")
        (work.folder / "go").touch()  # pods end while nobody can keep it
        with server.client() as client, pytest.raises(httpx.HTTPStatusError, match="503"):
            client.get("/api/v1/workflows/default").raise_for_status()
        until(lambda: sum(work.lines("ended").values()) == PODS * (RUNS - 1))
        postgres.start()
        until(lambda: phases(server) == ["Succeeded"] * (RUNS - 1))
        work.submit(server, f"run-{RUNS - 1}")
        until(lambda: phases(server) == ["Succeeded"] * RUNS)
    assert work.lines("begun") == work.lines("ended") == EVERYBODY
