"""Argo's end-to-end tests, those that can be replayed: the real CLI, the process runtime, a data directory of their own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.conformance.argo.machine import Machine
from tests.conformance.argo.statements import NotBehaviourError, NotYetError
from tests.conformance.case import Case, Comparison, Outcome

#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT: Mapping[str, str] = {}
#: Cases that state nothing of Argo Workflows itself.
NOT_BEHAVIOUR: Mapping[str, str] = {
    "agent/TestStatusCondition": "asks servers of the internet",
    "functional/TestHTTPOutputs": "asks servers of the internet",
    "hooks/TestHttpExitHandlerWithWorkflowLevelDeadline": "asks servers of the internet",
    "functional/TestOptionalInputArtifacts": "asks servers of the internet",
    "telemetry_stack/TestTracesAndMetrics": "asks the tracing stack of the tests",
}


def cases(corpus: Path) -> Iterable[Case]:
    """Every case that the extractor could turn into steps."""
    for path in sorted((corpus / "e2e" / "cases").glob("*/*.json")):
        data = json.loads(path.read_text())
        if data["replayable"] and not data.get("skipped"):
            yield Case(f"{path.parent.name}/{path.stem}", data, corpus)


def run(case: Case) -> Outcome:
    """Replay one case."""
    reason = NOT_BEHAVIOUR.get(case.id)
    if reason is not None:
        return Outcome(not_behaviour=reason)
    compared = Comparison()
    with tempfile.TemporaryDirectory(prefix="tiphys-conformance-", ignore_cleanup_errors=True) as home:
        machine = Machine(case.corpus, Path(home))
        try:
            for step in case.data["steps"]:
                machine.perform(step)
                if step["op"] == "assert" and step.get("expect"):
                    good, got = machine.judge.holds(step["expect"])
                    compared.hold(f"line {step.get('line')}", good, json.dumps(step["expect"])[:400], got)
        except NotYetError as error:
            return Outcome(not_yet=str(error))
        except NotBehaviourError as error:
            return Outcome(not_behaviour=str(error))
        finally:
            machine.close()
    return compared.outcome()
