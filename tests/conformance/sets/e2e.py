"""Argo's end-to-end tests, those that can be replayed: each against a real server with the process runtime."""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.conformance.argo.listening import ACCESS_KEY, BUCKET
from tests.conformance.argo.machine import Machine
from tests.conformance.argo.statements import CannotError, NotBehaviourError, NotYetError
from tests.conformance.case import Case, Comparison, Outcome

AT_ONCE = 3
_SLOW = "pods that need more than a second to start, as a cluster's do"
#: Cases that need what no single machine has.
CANNOT: Mapping[str, str] = {
    "cli/TestWorkflowTerminateByFieldSelector": _SLOW,
    "cli/TestWorkflowTerminateBySelector": _SLOW,
    "estimated_duration/TestWorkflowTemplate": _SLOW,
    "workflow/TestWorkflowFailedWhenAllPodSetFailedFromPending": _SLOW,
}
#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT: Mapping[str, str] = {}
#: Cases that state nothing of Argo Workflows itself.
NOT_BEHAVIOUR: Mapping[str, str] = {
    "agent/TestStatusCondition": "asks servers of the internet",
    "functional/TestHTTPOutputs": "asks servers of the internet",
    "hooks/TestHttpExitHandlerWithWorkflowLevelDeadline": "asks servers of the internet",
    "functional/TestOptionalInputArtifacts": "asks servers of the internet",
    "retry/TestWorkflowTemplateWithRetryStrategyInContainerSet": "reads what Argo's executor logs beside the step",
    "telemetry_stack/TestTracesAndMetrics": "asks the tracing stack of the tests",
}


#: Where the S3 server of ``around`` listens.
_storage: list[str] = []


@contextlib.contextmanager
def around(_runtime: str) -> Iterator[None]:
    """An S3 server with the bucket that Argo's tests have their artifacts in."""
    import boto3

    from tests.contract.storages import moto

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with moto() as address:
        client = boto3.client(
            "s3", endpoint_url=f"http://{address}", region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY,
        )  # fmt: skip
        client.create_bucket(Bucket=BUCKET)
        _storage[:] = [address]
        yield


def cases(corpus: Path) -> Iterable[Case]:
    """Every case that the extractor could turn into steps."""
    for path in sorted((corpus / "e2e" / "cases").glob("*/*.json")):
        data = json.loads(path.read_text())
        if data["replayable"] and not data.get("skipped"):
            yield Case(f"{path.parent.name}/{path.stem}", data, corpus)


def run(case: Case) -> Outcome:
    """Replay one case."""
    if case.id in NOT_BEHAVIOUR:
        return Outcome(not_behaviour=NOT_BEHAVIOUR[case.id])
    if case.id in CANNOT:
        return Outcome(cannot=CANNOT[case.id])
    compared = Comparison()
    with tempfile.TemporaryDirectory(prefix="tiphys-conformance-", ignore_cleanup_errors=True) as home:
        machine = Machine(case.corpus, Path(home), _storage[0])
        try:
            for step in case.data["steps"]:
                machine.perform(step)
                for good, got in machine.checked:
                    compared.hold(f"line {step.get('line')}", good, json.dumps(step)[:400], got)
                machine.checked.clear()
                if step["op"] == "assert" and step.get("expect"):
                    good, got = machine.judge.holds(step["expect"])
                    compared.hold(f"line {step.get('line')}", good, json.dumps(step["expect"])[:400], got)
        except NotYetError as error:
            return Outcome(not_yet=str(error))
        except NotBehaviourError as error:
            return Outcome(not_behaviour=str(error))
        except CannotError as error:
            return Outcome(cannot=str(error))
        finally:
            machine.close()
    return compared.outcome()
