"""Query parameters as Argo's gateway reads them (``spec/api.md`` 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from tiphys.app.services.listing import is_token
from tiphys.entrypoints.server.problems import InvalidArgumentError

_MOST = 1000
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class Query:
    """Dotted names → values.  A name is found by its JSON or its proto spelling; the first of several values counts.

    Unknown names are ignored; a value of the wrong type is an ``InvalidArgumentError`` with Argo's text.
    """

    def __init__(self, text: str = "") -> None:
        self._values: dict[str, list[str]] = {}
        try:
            found = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST)
        except ValueError:
            raise InvalidArgumentError(f"a query has at most {_MOST} values") from None
        for name, value in found:
            self._values.setdefault(_plain(name), []).append(value)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        found = self._values.get(_plain(name))
        return found[0] if found else default

    def texts(self, name: str) -> Sequence[str]:
        """All values of a repeated name."""
        return tuple(self._values.get(_plain(name), ()))

    def flag(self, name: str) -> bool:
        """A bool as Go parses one; False when absent."""
        value = self.text(name)
        if value in _TRUE:
            return True
        if value in _FALSE or not value:
            return False
        raise InvalidArgumentError(f'parsing field "{name}": strconv.ParseBool: parsing "{value}": invalid syntax')

    def number(self, name: str) -> int | None:
        """An integer, also as Go's client prints large ones (``1e+06``); None when absent."""
        value = self.text(name)
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            pass
        try:
            number = float(value)
            if number.is_integer():
                return int(number)
        except (ValueError, OverflowError):
            pass
        raise InvalidArgumentError(f'parsing field "{name}": strconv.ParseInt: parsing "{value}": invalid syntax')

    def limit(self, name: str = "listOptions.limit") -> int:
        """How many are wanted; 0 is all."""
        found = self.number(name) or 0
        if found < 0:
            raise InvalidArgumentError(f"{name} must >= 0")
        return found

    def page(self) -> tuple[int, str]:
        """``listOptions.continue`` of workflow lists: how many rows are left out, and the token of a page."""
        value = self.text("listOptions.continue")
        if is_token(value):
            return 0, value
        try:
            found = self.number("listOptions.continue") or 0
        except InvalidArgumentError:
            raise InvalidArgumentError("listOptions.continue must be int") from None
        if found < 0:
            raise InvalidArgumentError("listOptions.continue must >= 0")
        return found, ""

    def moment(self, name: str) -> datetime | None:
        """A time: RFC 3339 under its own name, or ``<name>.seconds`` and ``<name>.nanos``; None when absent."""
        value = self.text(name)
        if value:
            try:
                found = datetime.fromisoformat(value)
            except ValueError:
                raise InvalidArgumentError(f'parsing field "{name}": cannot parse "{value}" as RFC 3339') from None
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        seconds = self.number(f"{name}.seconds")
        if seconds is None:
            return None
        nanos = self.number(f"{name}.nanos") or 0
        try:
            return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=nanos // 1000)
        except (OverflowError, ValueError, OSError):
            raise InvalidArgumentError(f'parsing field "{name}": {seconds} is out of range') from None


def _plain(name: str) -> str:
    """Both spellings of a name fall together."""
    return name.replace("_", "").lower()
