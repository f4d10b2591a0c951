"""sprig: dates.  Times are time values or integer Unix seconds; anything else means now."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from typing import Any

from tiphys.core.expr.builtins.clock import current_time, zone
from tiphys.core.expr.builtins.sprig_coerce import ANY, TEXT, fn, framed
from tiphys.core.expr.clock_methods import ZERO_TIME, in_location, round_duration
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.goparse import parse_time
from tiphys.core.expr.gotime import DAY_SECONDS, SECOND, duration_text, format_time, parse_duration
from tiphys.core.expr.operators import is_int
from tiphys.core.expr.values import Duration, Time

_HTML = "2006-01-02"
_SECONDS = re.compile(r"[+-]?[0-9]{1,10}\Z")
_ROUNDED = (
    ("y", 365 * DAY_SECONDS),
    ("mo", 30 * DAY_SECONDS),
    ("d", DAY_SECONDS),
    ("h", 3600),
    ("m", 60),
    ("s", 1),
)


def _time(frame: Frame, value: Any) -> Time:
    if isinstance(value, Time):
        return value
    return Time(int(value) * SECOND) if is_int(value) else current_time(frame)


def _in_zone(frame: Frame, layout: str, value: Any, name: str) -> str:
    moment = _time(frame, value)
    try:
        location = zone(frame, name)
    except Fault:
        location = zone(frame, "UTC")
    return format_time(in_location(moment, location), layout)


def _modify(text: str, moment: Time) -> Time:
    try:
        return _must_modify(text, moment)
    except Fault:
        return moment


def _must_modify(text: str, moment: Time) -> Time:
    step = parse_duration(text)
    return Time(moment.unix_nanoseconds + step.nanoseconds, moment.offset_seconds, moment.zone)


def _ago(frame: Frame, value: Any) -> str:
    elapsed = current_time(frame).unix_nanoseconds - _time(frame, value).unix_nanoseconds
    return duration_text(round_duration(Duration(elapsed), Duration(SECOND)).nanoseconds)


def _duration(seconds: Any) -> str:
    """Only texts count: an ordinary integer is not the 64-bit one that Go asks for."""
    whole = isinstance(seconds, str) and _SECONDS.match(seconds)
    return duration_text(int(seconds) * SECOND if whole else 0)


def _round(frame: Frame, value: Any) -> str:
    seconds = abs(_nanoseconds(frame, value)) / SECOND
    for unit, size in _ROUNDED:
        if seconds > size:
            return f"{int(seconds // size)}{unit}"
    return "0s"


def _nanoseconds(frame: Frame, value: Any) -> int:
    if isinstance(value, str):
        try:
            return parse_duration(value).nanoseconds
        except Fault:
            return 0
    if isinstance(value, Time):
        return current_time(frame).unix_nanoseconds - value.unix_nanoseconds
    return 0


def _to_date(layout: str, text: str) -> Time:
    try:
        return parse_time(layout, text)
    except Fault:
        return ZERO_TIME


FUNCTIONS = (
    framed("ago", _ago, ANY, result=TEXT),
    framed("date", lambda f, layout, value: _in_zone(f, layout, value, "Local"), TEXT, ANY, result=TEXT),
    framed("date_in_zone", _in_zone, TEXT, ANY, TEXT, result=TEXT),
    framed("dateInZone", _in_zone, TEXT, ANY, TEXT, result=TEXT),
    fn("date_modify", _modify, TEXT, "time.Time", result="time.Time"),
    fn("dateModify", _modify, TEXT, "time.Time", result="time.Time"),
    fn("must_date_modify", _must_modify, TEXT, "time.Time", result="time.Time"),
    fn("mustDateModify", _must_modify, TEXT, "time.Time", result="time.Time"),
    fn("duration", _duration, ANY, result=TEXT),
    framed("durationRound", _round, ANY, result=TEXT),
    framed("htmlDate", lambda f, value: _in_zone(f, _HTML, value, "Local"), ANY, result=TEXT),
    framed("htmlDateInZone", lambda f, value, name: _in_zone(f, _HTML, value, name), ANY, TEXT, result=TEXT),
    framed("now", current_time, result="time.Time"),
    fn("toDate", _to_date, TEXT, TEXT, result="time.Time"),
    fn("mustToDate", parse_time, TEXT, TEXT, result="time.Time"),
    fn("unixEpoch", lambda moment: str(moment.unix_nanoseconds // SECOND), "time.Time", result=TEXT),
)
