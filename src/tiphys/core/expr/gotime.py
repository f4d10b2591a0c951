"""Calendar, layouts and durations as Go has them (section 12).  No clock and no time zone database is read here."""

from __future__ import annotations

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.values import Duration, Time

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"
GO_STRING = "2006-01-02 15:04:05.999999999 -0700 MST"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SECOND = 1_000_000_000
DAY_SECONDS = 86_400
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
#: Layout elements, the longest that fits first.
ELEMENTS = (
    "January",
    "Monday",
    "2006",
    "-07:00:00",
    "Z07:00:00",
    "-070000",
    "Z070000",
    "-07:00",
    "Z07:00",
    "-0700",
    "Z0700",
    "-07",
    "Z07",
    "Jan",
    "Mon",
    "MST",
    "002",
    "__2",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "15",
    "_2",
    "PM",
    "pm",
    "1",
    "2",
    "3",
    "4",
    "5",
)


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar; month and day may be out of range."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468 + day - 1


def date_of(days: int) -> tuple[int, int, int]:
    """The year, month and day of a number of days since 1970-01-01."""
    shifted = days + 719468
    era = shifted // 146097
    of_era = shifted - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * of_year + 2) // 153
    month = month_index + 3 if month_index < 10 else month_index - 9
    day = of_year - (153 * month_index + 2) // 5 + 1
    return year_of_era + era * 400 + (month <= 2), month, day


def is_leap(year: int) -> bool:
    """Tell whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """How many days a month has."""
    return 29 if month == 2 and is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


class Civil:
    """The fields of an instant on the wall clock of its zone."""

    __slots__ = ("day", "days", "hour", "minute", "month", "nanosecond", "second", "year")

    def __init__(self, value: Time) -> None:
        seconds, self.nanosecond = divmod(value.unix_nanoseconds, SECOND)
        self.days, rest = divmod(seconds + value.offset_seconds, DAY_SECONDS)
        self.year, self.month, self.day = date_of(self.days)
        self.hour, rest = divmod(rest, 3600)
        self.minute, self.second = divmod(rest, 60)

    @property
    def weekday(self) -> int:
        """0 is Sunday."""
        return (self.days + 4) % 7

    @property
    def yearday(self) -> int:
        """1 is the first of January."""
        return self.days - days_of(self.year, 1, 1) + 1


def split_layout(layout: str) -> list[tuple[str, bool]]:
    """Split a layout into literal texts and elements (the second part of a pair says which)."""
    parts: list[tuple[str, bool]] = []
    literal = 0
    index = 0
    while index < len(layout):
        element = _element(layout, index)
        if element is None:
            index += 1
            continue
        if literal < index:
            parts.append((layout[literal:index], False))
        parts.append((element, True))
        index += len(element)
        literal = index
    if literal < len(layout):
        parts.append((layout[literal:], False))
    return parts


def _element(layout: str, index: int) -> str | None:
    if layout[index] in ".,":
        end = index + 1
        digit = layout[end : end + 1]
        while digit in ("0", "9") and layout[end : end + 1] == digit:
            end += 1
        if end > index + 1 and not layout[end : end + 1].isdigit():
            return layout[index:end]
        return None
    for element in ELEMENTS:
        if layout.startswith(element, index):
            if element == "_2" and layout.startswith("_2006", index):
                return None
            if element in ("Jan", "Mon") and layout[index + 3 : index + 4].islower():
                return None
            return element
    return None


def format_time(value: Time, layout: str) -> str:
    """Write an instant in a Go layout."""
    civil = Civil(value)
    return "".join(_format(part, civil, value) if element else part for part, element in split_layout(layout))


def _format(element: str, civil: Civil, value: Time) -> str:
    if element[0] in ".,":
        digits = f"{civil.nanosecond:09d}"[: len(element) - 1]
        if element[1] == "9":
            digits = digits.rstrip("0")
            return element[0] + digits if digits else ""
        return element[0] + digits
    if element[0] in "Z-" and element not in ("MST",):
        return _format_offset(element, value.offset_seconds)
    hour12 = civil.hour % 12 or 12
    fields: dict[str, str] = {
        "2006": f"{civil.year:04d}" if civil.year >= 0 else f"-{-civil.year:04d}",
        "06": f"{civil.year % 100:02d}",
        "01": f"{civil.month:02d}",
        "1": str(civil.month),
        "Jan": MONTHS[civil.month - 1][:3],
        "January": MONTHS[civil.month - 1],
        "02": f"{civil.day:02d}",
        "_2": f"{civil.day:2d}",
        "2": str(civil.day),
        "002": f"{civil.yearday:03d}",
        "__2": f"{civil.yearday:3d}",
        "Mon": DAYS[civil.weekday][:3],
        "Monday": DAYS[civil.weekday],
        "15": f"{civil.hour:02d}",
        "03": f"{hour12:02d}",
        "3": str(hour12),
        "04": f"{civil.minute:02d}",
        "4": str(civil.minute),
        "05": f"{civil.second:02d}",
        "5": str(civil.second),
        "PM": "PM" if civil.hour >= 12 else "AM",
        "pm": "pm" if civil.hour >= 12 else "am",
        "MST": value.zone or _format_offset("-0700", value.offset_seconds),
    }
    return fields[element]


def _format_offset(element: str, offset: int) -> str:
    if element[0] == "Z" and offset == 0:
        return "Z"
    sign = "-" if offset < 0 else "+"
    minutes, seconds = divmod(abs(offset), 60)
    hours, minutes = divmod(minutes, 60)
    colon = ":" if ":" in element else ""
    text = f"{sign}{hours:02d}"
    if len(element) > 3:
        text += f"{colon}{minutes:02d}"
    if len(element) > 6:
        text += f"{colon}{seconds:02d}"
    return text


def duration_text(nanoseconds: int) -> str:
    """Write a duration as Go does: ``1h2m3.5s``, ``1.5ms``, ``0s``."""
    if nanoseconds == 0:
        return "0s"
    sign = "-" if nanoseconds < 0 else ""
    rest = abs(nanoseconds)
    if rest < SECOND:
        unit, size = ("ns", 1) if rest < 1_000 else ("µs", 1_000) if rest < 1_000_000 else ("ms", 1_000_000)
        return f"{sign}{_decimal(rest, size)}{unit}"
    seconds = _decimal(rest % (60 * SECOND), SECOND)
    minutes = rest // (60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}h" if hours else ""
    if hours or minutes:
        text += f"{minutes}m"
    return f"{sign}{text}{seconds}s"


def _decimal(number: int, size: int) -> str:
    whole, rest = divmod(number, size)
    if not rest:
        return str(whole)
    return f"{whole}.{rest:0{len(str(size)) - 1}d}".rstrip("0")


def parse_duration(text: str) -> Duration:
    """Read a duration in Go's syntax.

    Raises:
        Fault: with Go's text.
    """
    from tiphys.core.expr.lexer import quote

    invalid = f"time: invalid duration {quote(text)}"
    rest = text
    negative = rest.startswith("-")
    if rest[:1] in ("-", "+"):
        rest = rest[1:]
    if rest == "0":
        return Duration(0)
    if not rest or len(rest) > 1000:
        raise Fault(invalid)
    total = 0
    while rest:
        digits = _leading(rest, "0123456789")
        rest = rest[len(digits) :]
        fraction = ""
        if rest.startswith("."):
            fraction = _leading(rest[1:], "0123456789")
            rest = rest[1 + len(fraction) :]
        if not digits and not fraction:
            raise Fault(invalid)
        unit = _unit(rest)
        rest = rest[len(unit) :]
        if not unit:
            raise Fault(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS:
            raise Fault(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        size = _UNITS[unit]
        total += int(digits or "0") * size + int(fraction or "0") * size // 10 ** len(fraction)
        if total > (1 << 63) - (0 if negative else 1):
            raise Fault(invalid)
    return Duration(-total if negative else total)


def _leading(text: str, allowed: str) -> str:
    end = 0
    while end < len(text) and text[end] in allowed:
        end += 1
    return text[:end]


def _unit(text: str) -> str:
    end = 0
    while end < len(text) and text[end] not in ".0123456789":
        end += 1
    return text[:end]
