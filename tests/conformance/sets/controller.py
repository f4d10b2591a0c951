"""Go's unit tests of the controller: the black-box ones against our controller, the others against our functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.conformance.argo.replay import Replay
from tests.conformance.argo.statements import NotBehaviourError, NotYetError
from tests.conformance.case import Case, Comparison, Outcome
from tiphys.errors import UnsupportedError

#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT: Mapping[str, str] = {
    "controller/TestSuspendWithDeadline": "`activeDeadlineSeconds: 0`",
}
#: Statements about the variables that Argo's own executor reads in the pod, or that its controller keeps for itself.
_INNER = re.compile(r"containers\[1\]\.env(\[\d+\])?$|^\[\"workflow\.failures\"\]$")
#: Cases that state nothing a user could see.
NOT_BEHAVIOUR: Mapping[str, str] = {
    "controller/TestEstimatedDuration": "asks an estimator of the test that always says one second",
    "pkg_apis_workflow_v1alpha1/TestGetTemplateByName": "a helper of Argo's own code; what comes of it is seen in other cases",
}


def cases(corpus: Path) -> Iterable[Case]:
    """Every case of the folder; ``validate`` ones are the set ``controller_validate``."""
    for path in sorted((corpus / "controller" / "cases").glob("*/*.json")):
        if path.parent.name != "validate":
            yield Case(f"{path.parent.name}/{path.stem}", json.loads(path.read_text()), corpus)


def run(case: Case) -> Outcome:
    """Replay a case, or compare the functions that it calls."""
    reason = NOT_BEHAVIOUR.get(case.id)
    if reason is not None:
        return Outcome(not_behaviour=reason)
    try:
        return _replay(case)
    except NotYetError as error:
        return Outcome(not_yet=str(error))
    except NotBehaviourError as error:
        return Outcome(not_behaviour=str(error))
    except UnsupportedError as error:
        return Outcome(not_yet=_feature(str(error)))


def _replay(case: Case) -> Outcome:
    compared = Comparison()
    story = Replay(case)
    for step in case.data["steps"]:
        if step["op"] != "assert":
            story.perform(step)
        elif step.get("expect") and not _INNER.search(str(step["expect"].get("path"))):
            good, got = story.judge.holds(step["expect"])
            compared.hold(f"line {step.get('line')}", good, _short(step["expect"]), got)
    return compared.outcome()


def _short(expect: Mapping[str, Any]) -> str:
    return json.dumps(expect)[:400]


def _feature(text: str) -> str:
    """The feature that a refusal names."""
    first = text.partition(";")[0]
    return first.rpartition(": ")[2].removesuffix(" not supported in this version").split(" is")[0].split(" are")[0]
