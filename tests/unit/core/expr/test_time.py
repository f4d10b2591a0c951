"""Dates and durations: layouts, zones, arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.format import go_string
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.values import Time


def zone(name: str) -> Callable[[int], tuple[int, str]] | None:
    return {"Asia/Tokyo": lambda seconds: (32400, "JST")}.get(name)


ENV: dict[str, Any] = {"$now": Time(1_704_164_645_500_000_000), "$zone": zone}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("now()", "2024-01-02 03:04:05.5 +0000 UTC"),
        ("date('2024-02-29')", "2024-02-29 00:00:00 +0000 UTC"),
        ("date('2024-01-02T03:04:05+09:00')", "2024-01-02 03:04:05 +0900 +0900"),
        ("date('2024-01-02', '2006-01-02', 'Asia/Tokyo')", "2024-01-02 00:00:00 +0900 JST"),
        ("date('2024-01-02').In(timezone('Asia/Tokyo'))", "2024-01-02 09:00:00 +0900 JST"),
        ("date(timezone('Asia/Tokyo'), '2024-01-02').UTC()", "2024-01-01 15:00:00 +0000 UTC"),
        ("date('02 Jan 06 15:04 MST')", "2006-01-02 15:04:00 +0000 MST"),
        ("date('2024-01-31').AddDate(0, 1, 0).Format('Jan _2 Mon')", "Mar  2 Sat"),
        ("date('2024-01-02').Month()", "January"),
        ("date('2024-01-02').Weekday().String()", "Tuesday"),
        ("date('2024-12-31').YearDay()", "366"),
        ("date('2024-01-02') - date('2024-01-01')", "24h0m0s"),
        ("date('2024-01-02') + duration('90m')", "2024-01-02 01:30:00 +0000 UTC"),
        ("duration('1h') * 2 - duration('1.5s')", "1h59m58.5s"),
        ("duration('1500us')", "1.5ms"),
        ("duration('-1m').Seconds()", "-60"),
        ("duration('1h10m').Round(duration('1h'))", "1h0m0s"),
        ("now().Format('3:04PM .000 Z07:00 -0700')", "3:04AM .500 Z +0000"),
        ("sprig.date('2006', 'not a time')", "2024"),
        ("sprig.dateInZone('15:04 MST', 0, 'Asia/Tokyo')", "09:00 JST"),
        ("sprig.ago(now())", "0s"),
        ("sprig.durationRound('2h10m5s')", "2h"),
        ("sprig.toDate('2006-01-02', '2024-05-06').Unix()", "1714953600"),
        ("(now() - date('2024-01-02T03:04:00Z')).Seconds() > 5", "true"),
    ],
)
def test_values(text: str, shown: str) -> None:
    assert go_string(compile_expression(text).run(ENV)) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date('x')", "invalid date x (1:1)"),
        ("date('2024-02-30')", "invalid date 2024-02-30 (1:1)"),
        ("timezone('Nope')", "unknown time zone Nope (1:1)"),
        ("duration('90')", 'time: missing unit in duration "90" (1:1)'),
        ("duration('1d')", 'time: unknown unit "d" in duration "1d" (1:1)'),
        ("duration('1h') / 2", "invalid operation: / (mismatched types time.Duration and int) (1:16)"),
        ("-duration('1h')", "invalid operation: - (mismatched type time.Duration) (1:1)"),
        ("now().Nope()", "type time.Time has no method Nope (1:7)"),
        ("now() + 1", "invalid operation: + (mismatched types time.Time and int) (1:7)"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        compile_expression(text).run(ENV)
    assert caught.value.message.splitlines()[0] == message
