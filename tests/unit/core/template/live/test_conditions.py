"""Conditions of resource templates: label selectors over paths into the live object."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.manifest.model.template import ResourceTemplate
from tiphys.core.objects.selectors import parse_selector
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.conditions import conditions_of
from tiphys.core.template.live.gjson import lookup
from tiphys.errors import UsageError

JOB: Any = {
    "status": {
        "phase": "Succeeded", "succeeded": 2, "failed": 4, "ok": True, "none": None, "part": 1.5,
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Done"}],
    },
    "a.b": {"c": "x"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status.phase", "Succeeded"),
        ("status.succeeded", "2"),
        ("status.part", "1.5"),
        ("status.ok", "true"),
        ("status.none", ""),
        ("status.nope", None),
        ("status.conditions.0.type", "Ready"),
        ("status.conditions.#", "2"),
        ("status.conditions.#.type", '["Ready","Done"]'),
        ("status.conditions.#.status", '["True"]'),
        ("status.conditions.7.type", None),
        ("status.conditions.1", '{"type":"Done"}'),
        ("status.ph*", "Succeeded"),
        (r"a\.b.c", "x"),
        ("status.phase.deeper", None),
    ],
)
def test_paths(path: str, value: str | None) -> None:
    assert lookup(path, JOB) == value


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status.phase == Succeeded", True),
        ("status.phase = Succeeded", True),
        ("status.phase != Succeeded", False),
        ("status.nope != Succeeded", True),
        ("status.nope == Succeeded", False),
        ("status.phase in (Failed, Succeeded)", True),
        ("status.phase notin (Failed,Error)", True),
        ("status.nope notin (Failed)", True),
        ("status.nope in (Failed)", False),
        ("status.phase", True),
        ("!status.phase", False),
        ("!status.nope", True),
        ("status.succeeded > 1", True),
        ("status.succeeded > 2", False),
        ("status.succeeded < 3, status.failed > 3", True),
        ("status.phase > 1", False),
        ("status.ok == true", True),
        ("", True),
        ("status.none == ", True),
    ],
)
def test_selectors(text: str, holds: bool) -> None:
    assert all(each.holds(lookup(each.key, JOB)) for each in parse_selector(text, paths=True)) is holds


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("status.failed > 3", "status.failed>3"),
        ("a == b", "a==b"),
        ("a=b", "a=b"),
        ("a in (c, b)", "a in (b,c)"),
        ("a notin (c)", "a notin (c)"),
        ("! a", "!a"),
        ("a", "a"),
    ],
)
def test_how_a_requirement_is_shown(text: str, shown: str) -> None:
    assert str(parse_selector(text)[0]) == shown


@pytest.mark.parametrize(
    "text", ["a ==== b", "a in b", "a in (b", "a > x", ",", "a,,b", "a b", "a == b c", "(a)", "a == b@c", "-a"]
)
def test_malformed(text: str) -> None:
    with pytest.raises(UsageError, match="unable to parse requirement: "):
        parse_selector(text, paths=True)


def conditions(success: str | None = None, failure: str | None = None) -> ResourceTemplate:
    return ResourceTemplate(action="get", success_condition=success, failure_condition=failure)


def test_failure_is_tested_first_and_any_part_is_enough() -> None:
    both = conditions_of(conditions("status.phase == Succeeded", "status.failed > 9, status.failed > 3"))
    assert both.judge(JOB).message == "failure condition 'status.failed>3' evaluated true"
    assert both.judge(JOB).failed


def test_all_parts_of_the_success_must_hold() -> None:
    found = conditions_of(conditions("status.phase == Succeeded, status.succeeded > 5"))
    assert not found.judge(JOB).done
    assert conditions_of(conditions("status.phase == Succeeded")).judge(JOB).done


def test_a_failure_condition_alone_decides_nothing_until_it_holds() -> None:
    found = conditions_of(conditions(failure="status.failed > 9"))
    assert not found.judge(JOB).done and not found.judge(JOB).failed and not found.absent
    assert conditions_of(conditions()).absent


def test_texts_of_errors() -> None:
    with pytest.raises(TemplateError, match=r"^success condition 'a in b' failed to parse: "):
        conditions_of(conditions("a in b"))
    with pytest.raises(TemplateError, match=r"^fail condition ',' failed to parse: "):
        conditions_of(conditions(None, ","))
