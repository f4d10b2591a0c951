"""What a container produced, read after its end (``spec/data.md`` 3.1 and 8.1)."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.adapters.executor.view import View
from tiphys.errors import reason_of
from tiphys.ports.runtime import OutputParameter

#: An output parameter is a value in memory, in the database and in expressions; a larger file is a mistake.
PARAMETER_LIMIT = 32 << 20


def read_parameters(view: View, wanted: Iterable[OutputParameter]) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """Read output parameters in order: the values, and the first error, after which nothing more is read.

    One trailing newline is cut.  A missing file takes the parameter's default.  Bytes that are not UTF-8 become
    U+FFFD.
    """
    found: list[tuple[str, str]] = []
    for parameter in wanted:
        try:
            data = view.read(parameter.path, PARAMETER_LIMIT)
        except FileNotFoundError:
            if parameter.default is None:
                return tuple(found), f"open {parameter.path}: no such file or directory"
            found.append((parameter.name, parameter.default))
            continue
        except OSError as error:
            return tuple(found), f"read {parameter.path}: {reason_of(error)}"
        found.append((parameter.name, as_text(data)))
    return tuple(found), None


def as_text(data: bytes) -> str:
    """Text of an output: one trailing newline removed."""
    return data.removesuffix(b"\n").decode(errors="replace")
