"""Requests that schemathesis makes of our OpenAPI description: each answer is one that the description allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.api.conftest import Running, running
from tests.waiting import PATIENCE
from tiphys.entrypoints.server.problems import HTTP_STATUS

EXAMPLES = 3
#: Streams do not end; files are no JSON.
LEFT_OUT = ("/api/v1/stream/", "/api/v1/workflow-events/")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of its own: what is made here may be anything."""
    home: Path = tmp_path_factory.mktemp("fuzzed")
    (home / "config.yaml").write_text("persistence: {archive: true}\n")
    with running(home, "--api-rate-limit", "0", "--loglevel", "warn") as server:
        yield server


def operations(server: Running) -> Iterator[Any]:
    headers = {"authorization": f"Bearer {server.token}"}
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json", headers=headers)
    for found in schema.get_all_operations():
        operation: Any = found.ok() if hasattr(found, "ok") else None
        assert operation is not None, f"the description cannot be read: {found}"
        if not operation.path.startswith(LEFT_OUT) and not operation.path.endswith("/log"):
            yield operation


def check(server: Running, case: Any) -> None:
    answer = case.call(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}, timeout=PATIENCE)
    where = f"{case.method} {case.formatted_path}: {answer.status_code} {answer.content[:300]!r}"
    if answer.status_code == 200:
        case.validate_response(answer, checks=[response_schema_conformance])
        return
    error = answer.json()
    of_kubernetes = error.get("kind") == "Status" and error["code"] == answer.status_code
    assert of_kubernetes or HTTP_STATUS.get(error["code"]) == answer.status_code, where
    assert error["message"], where
    assert not error["message"].startswith("internal error"), where


def test_every_operation_answers_as_it_is_described(fuzzed: Running) -> None:
    seen = 0
    for operation in operations(fuzzed):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy())
        def answers(case: Any) -> None:
            check(fuzzed, case)

        answers()
        seen += 1
    assert seen > 60
