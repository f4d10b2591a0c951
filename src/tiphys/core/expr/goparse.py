"""Read instants in Go layouts (``time.Parse``)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gotime import DAYS, MONTHS, SECOND, days_in, days_of, is_leap, split_layout
from tiphys.core.expr.lexer import quote
from tiphys.core.expr.values import Time

#: Seconds east of UTC and abbreviation of a wall-clock time (Unix seconds as if it were UTC).
Zone = Callable[[int], tuple[int, str]]

_RANGES = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
_NUMBERS = {
    "2006": ("year", r"[0-9]{4}"),
    "06": ("year2", r"[0-9]{2}"),
    "01": ("month", r"[0-9]{2}"),
    "1": ("month", r"[0-9]{1,2}"),
    "02": ("day", r"[0-9]{2}"),
    "_2": ("day", r" ?[0-9]{1,2}"),
    "2": ("day", r"[0-9]{1,2}"),
    "002": ("yearday", r"[0-9]{3}"),
    "__2": ("yearday", r" {0,2}[0-9]{1,3}"),
    "15": ("hour", r"[0-9]{1,2}"),
    "03": ("hour12", r"[0-9]{2}"),
    "3": ("hour12", r"[0-9]{1,2}"),
    "04": ("minute", r"[0-9]{2}"),
    "4": ("minute", r"[0-9]{1,2}"),
    "05": ("second", r"[0-9]{2}"),
    "5": ("second", r"[0-9]{1,2}"),
}
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})?:?([0-9]{2})?")
_FRACTION = re.compile(r"[.,]([0-9]+)")


def parse_time(layout: str, text: str, zone: Zone | None = None) -> Time:
    """Read an instant.

    Args:
        layout: Go's reference layout.
        text: What to read.
        zone: The zone of texts that name none; UTC when absent.

    Raises:
        Fault: with Go's text.
    """
    return _Parse(layout, text).time(zone)


class _Parse:
    """One text being read against one layout."""

    def __init__(self, layout: str, text: str) -> None:
        self.layout = layout
        self.text = text
        self.rest = text
        self.fields: dict[str, int] = {}
        self.nanosecond = 0
        self.offset: int | None = None
        self.zone = ""
        self.afternoon: bool | None = None

    def time(self, zone: Zone | None) -> Time:
        for part, element in split_layout(self.layout):
            if element:
                self._element(part)
            elif self.rest.startswith(part):
                self.rest = self.rest[len(part) :]
            else:
                self._fail(part)
        if self.rest:
            raise Fault(f"parsing time {quote(self.text)}: extra text: {quote(self.rest)}")
        return self._instant(zone)

    def _fail(self, element: str) -> None:
        raise Fault(
            f"parsing time {quote(self.text)} as {quote(self.layout)}: "
            f"cannot parse {quote(self.rest)} as {quote(element)}"
        )

    def _range(self, field: str) -> None:
        raise Fault(f"parsing time {quote(self.text)}: {field} out of range")

    def _element(self, element: str) -> None:
        if element in _NUMBERS:
            self._number(element)
        elif element in ("Jan", "January"):
            self._name(element, MONTHS, "month", 1)
        elif element in ("Mon", "Monday"):
            self._name(element, DAYS, "weekday", 0)
        elif element in ("PM", "pm"):
            word = self.rest[:2]
            if word.upper() not in ("AM", "PM") or (word.isupper() != (element == "PM")):
                self._fail(element)
            self.afternoon = word.upper() == "PM"
            self.rest = self.rest[2:]
        elif element == "MST":
            self._abbreviation()
        elif element[0] in ".,":
            self._fraction(element)
        else:
            self._offset(element)

    def _number(self, element: str) -> None:
        field, pattern = _NUMBERS[element]
        match = re.match(pattern, self.rest, re.ASCII)
        if match is None:
            self._fail(element)
            return
        value = int(match.group())
        low, high = _RANGES.get(field, (0, 9999))
        if field == "hour12":
            field, low, high = "hour", 0, 12
        if not low <= value <= high:
            self._range(field)
        self.fields[field] = value
        self.rest = self.rest[match.end() :]
        if field == "second" and self.rest[:1] in (".", ",") and ".0" not in self.layout and ".9" not in self.layout:
            self._fraction(".9")

    def _name(self, element: str, names: tuple[str, ...], field: str, base: int) -> None:
        for number, name in enumerate(names):
            word = name[:3] if len(element) == 3 else name
            if self.rest[: len(word)].lower() == word.lower():
                self.fields[field] = number + base
                self.rest = self.rest[len(word) :]
                return
        self._fail(element)

    def _abbreviation(self) -> None:
        match = re.match(r"UTC|[A-Z]{3,4}[TD]?(?![A-Z])|[+-][0-9]{2,4}", self.rest)
        if match is None:
            self._fail("MST")
            return
        self.zone = match.group()
        if self.zone == "UTC":
            self.offset = 0
        self.rest = self.rest[match.end() :]

    def _fraction(self, element: str) -> None:
        match = _FRACTION.match(self.rest)
        if match is None:
            if element[1] == "0":
                self._fail(element)
            return
        digits = match.group(1)
        if element[1] == "0" and len(digits) < len(element) - 1:
            self._fail(element)
        if element[1] == "0":
            digits = digits[: len(element) - 1]
        self.nanosecond = int(digits[:9].ljust(9, "0"))
        self.rest = self.rest[1 + len(digits) :]

    def _offset(self, element: str) -> None:
        if element[0] == "Z" and self.rest.startswith("Z"):
            self.offset, self.zone, self.rest = 0, "UTC", self.rest[1:]
            return
        wanted = len(element)
        match = _OFFSET.fullmatch(self.rest[:wanted])
        if match is None or (":" in element) != (":" in match.group()):
            self._fail(element)
            return
        sign, hours, minutes, seconds = match.groups()
        total = int(hours) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        self.offset = -total if sign == "-" else total
        self.rest = self.rest[wanted:]

    def _instant(self, zone: Zone | None) -> Time:
        fields = self.fields
        year = fields.get("year", 0)
        if "year2" in fields:
            year = fields["year2"] + (1900 if fields["year2"] >= 69 else 2000)
        month, day = fields.get("month", 1), fields.get("day", 1)
        if "yearday" in fields:
            if not 1 <= fields["yearday"] <= 365 + is_leap(year):
                self._range("day-of-year")
            month, day = 1, fields["yearday"]
        elif not 1 <= day <= days_in(year, month):
            self._range("day")
        hour = fields.get("hour", 0)
        if self.afternoon is not None:
            hour = hour % 12 + (12 if self.afternoon else 0)
        wall = days_of(year, month, day) * 86_400 + hour * 3600 + fields.get("minute", 0) * 60 + fields.get("second", 0)
        offset, name = self._zone(wall, zone)
        return Time((wall - offset) * SECOND + self.nanosecond, offset, name)

    def _zone(self, wall: int, zone: Zone | None) -> tuple[int, str]:
        if self.offset is not None:
            if zone is not None and self.offset:
                found, name = zone(wall - self.offset)
                if found == self.offset:
                    return found, name
            return self.offset, "UTC" if self.offset == 0 and self.zone in ("UTC", "") else self.zone
        if self.zone:
            if self.zone[:3] == "GMT" and self.zone[3:]:
                return int(self.zone[3:]) * 3600, self.zone
            return 0, self.zone
        if zone is None:
            return 0, "UTC"
        offset, _ = zone(wall)
        offset, name = zone(wall - offset)
        return offset, name
