"""What conditions of CronWorkflows read."""

from __future__ import annotations

import pytest

from tiphys.core.template.cron import CronFacts, cron_stop, cron_when
from tiphys.core.template.errors import TemplateError

FACTS = CronFacts(
    name="nightly",
    namespace="ops",
    labels={"team": "ml"},
    annotations={"team": "noted", "a/b": "c"},
    failed=2,
    succeeded=5,
    last_scheduled=None,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{=cronworkflow.failed < 3}}", True),
        ("{{=cronworkflow.succeeded == 4}}", False),
        ("{{cronworkflow.name}} == nightly", True),
        # Argo has the labels in both (Q18).
        ("{{cronworkflow.annotations.team}} == noted", True),
        ("{{cronworkflow.labels.team}} == ml", True),
        ("{{cronworkflow.annotations.a/b}} == c", True),
    ],
)
def test_when(text: str, wanted: bool) -> None:
    assert cron_when(text, FACTS, {}) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cronworkflow.failed >= 2", True),
        ("cronworkflow.annotations.team == 'noted'", True),
        ("cronworkflow.labels['team'] == 'noted'", False),
        ("cronworkflow.lastScheduledTime == nil", True),
    ],
)
def test_when_to_stop(text: str, wanted: bool) -> None:
    assert cron_stop(text, FACTS, {}) is wanted


@pytest.mark.parametrize("text", ["cronworkflow.failed", "cronworkflow.failed >", "nobody.knows == 1"])
def test_what_cannot_be_decided_is_an_error(text: str) -> None:
    with pytest.raises(TemplateError, match="failed to evaluate stop expression"):
        cron_stop(text, FACTS, {})


@pytest.mark.parametrize(("text", "rest"), [("{{", ""), ('{{= "a', '= \\"a')])
def test_a_tag_that_is_not_closed_is_quoted_as_it_stands(text: str, rest: str) -> None:
    with pytest.raises(TemplateError) as caught:
        cron_when(text, FACTS, {})
    whole = "{{" + rest
    assert str(caught.value) == f'Cannot find end tag="}}}}" in the template="{whole}" starting from "{rest}"'
