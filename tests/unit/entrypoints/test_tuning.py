"""Variables of Argo's controller."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tiphys.entrypoints.tuning import Tuning, tuning_of
from tiphys.errors import UsageError


def test_nothing_is_said() -> None:
    assert tuning_of({}) == Tuning()


def test_everything_is_said() -> None:
    variables = {
        "CRON_SYNC_PERIOD": "1m30s",
        "SKIP_WORKFLOW_DURATION_ESTIMATION": "true",
        "ARGO_ARTIFACT_GC_ENABLED": "false",
        "RETRY_HOST_NAME_LABEL_KEY": "example.com/machine",
        "WF_DEL_PROPAGATION_POLICY": "Orphan",
        "DISABLE_MAX_RECURSION": "true",
    }
    assert tuning_of(variables) == Tuning(timedelta(seconds=90), False, False, "example.com/machine", True, 0)


def test_a_policy_that_is_none() -> None:
    with pytest.raises(UsageError, match="'orphan' is no propagation policy"):
        tuning_of({"WF_DEL_PROPAGATION_POLICY": "orphan"})


@pytest.mark.parametrize("text", ["soon", "0s", "-1s", "10"])
def test_a_period_that_is_none(text: str) -> None:
    with pytest.raises(UsageError) as found:
        tuning_of({"CRON_SYNC_PERIOD": text})
    assert found.value.where == "CRON_SYNC_PERIOD"
