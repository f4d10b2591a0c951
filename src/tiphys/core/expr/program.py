"""The door of the expression language: text in, a program that can be run many times out."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from tiphys.core.expr.values import Value


class ExprError(Exception):
    """An expression is malformed or failed.

    ``message`` is the library's text (``spec/expressions.md`` 16); ``phase`` is ``parse``, ``check`` or ``run``;
    ``line`` counts from 1 and ``column`` from 0, as expr prints them.
    """

    def __init__(self, message: str, phase: str, line: int = 1, column: int = 0) -> None:
        super().__init__(message, phase, line, column)
        self.message = message
        self.phase = phase
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.message


class Functions(enum.Enum):
    """Which functions a place offers (``spec/expressions.md`` 1)."""

    BUILTIN = "builtin"
    ARGO = "argo"


class Limits(Struct, frozen=True, kw_only=True):
    """What one evaluation may use; exceeding one is an ``ExprError`` of phase ``run``."""

    steps: int = 1_000_000
    depth: int = 200
    result_bytes: int = 16 * 1024 * 1024


class Identifiers(Struct, frozen=True):
    """Names that an expression needs, in tree order (``spec/expressions.md`` 2.9).

    ``required`` are dotted paths with all their prefixes (``steps``, ``steps.a``, ``steps.a.status``).
    """

    required: tuple[str, ...]


class Program(Protocol):
    """A compiled expression; immutable and shareable between runs and threads."""

    @property
    def text(self) -> str:
        """The source."""

    @property
    def identifiers(self) -> Identifiers:
        """The names that it needs."""

    def run(self, env: Mapping[str, Value], limits: Limits = ...) -> Value:
        """Evaluate over an environment of nested maps.

        Pure apart from the functions that Argo leaves impure (``now()``), which read ``env['$now']`` when given.

        Raises:
            ExprError: an unknown name, a type error, a run-time error or an exceeded limit.
        """
