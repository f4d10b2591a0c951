"""Variables of Argo's controller that change a number or a switch of it (``spec/engine.md`` 30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from tiphys.core.engine.durations import parse_go_duration
from tiphys.core.plan.depth import MAX_DEPTH
from tiphys.core.plan.poddefaults import POD_DEFAULTS
from tiphys.errors import UsageError

CRON_SYNC, NO_ESTIMATES = "CRON_SYNC_PERIOD", "SKIP_WORKFLOW_DURATION_ESTIMATION"
ANY_DEPTH = "DISABLE_MAX_RECURSION"
PROPAGATION = "WF_DEL_PROPAGATION_POLICY"
ARTIFACT_GC, HOST_LABEL = "ARGO_ARTIFACT_GC_ENABLED", "RETRY_HOST_NAME_LABEL_KEY"


class Tuning(Struct, frozen=True):
    """What they say.

    ``cron_sync`` is how often children of schedules are counted; ``estimates`` says whether durations are estimated,
    ``artifact_gc`` whether artifacts are ever removed.  ``host_label`` is the label of machines by which attempts avoid
    those on which earlier ones failed.  ``orphans`` says whether what a workflow owns stays when the workflow goes.
    ``max_depth`` is how deep templates may call each other; 0: any depth.
    """

    cron_sync: timedelta = timedelta(seconds=10)
    estimates: bool = True
    artifact_gc: bool = True
    host_label: str = POD_DEFAULTS.host_label
    orphans: bool = False
    max_depth: int = MAX_DEPTH


def tuning_of(variables: Mapping[str, str]) -> Tuning:
    """Read them.

    Raises:
        UsageError: a duration is malformed or not above 0, or a policy is none.
    """
    known = Tuning()
    return Tuning(
        cron_sync=_period(CRON_SYNC, variables.get(CRON_SYNC), known.cron_sync),
        estimates=variables.get(NO_ESTIMATES, "").lower() != "true",
        artifact_gc=variables.get(ARTIFACT_GC, "true").lower() != "false",
        host_label=variables.get(HOST_LABEL, known.host_label),
        orphans=_propagation(variables.get(PROPAGATION, "")) == "Orphan",
        max_depth=0 if variables.get(ANY_DEPTH, "").lower() == "true" else known.max_depth,
    )


def _propagation(text: str) -> str:
    if text not in ("", "Background", "Foreground", "Orphan"):
        raise UsageError(f"{text!r} is no propagation policy", "write Background, Foreground or Orphan", PROPAGATION)
    return text


def _period(name: str, text: str | None, default: timedelta) -> timedelta:
    if text is None:
        return default
    try:
        found = timedelta(microseconds=parse_go_duration(text) // 1000)
    except ValueError as error:
        raise UsageError(str(error), "a duration is written 10s or 1m30s", name) from None
    if found <= timedelta():
        raise UsageError(f"{text!r} is out of range", None, name)
    return found
