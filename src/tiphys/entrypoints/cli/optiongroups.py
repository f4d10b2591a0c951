"""Options that several commands share come as one argument of the command."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


def grouped(argument: str, build: Callable[..., object], options: Sequence[Decorator]) -> Decorator:
    """A decorator that adds options and hands what ``build`` makes of them to the command as ``argument``.

    The parameters of ``build`` are the names of the options' values.
    """
    names = tuple(inspect.signature(build).parameters)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*arguments: Any, **values: Any) -> object:  # noqa: ANN401 - whatever the command takes
            own = {name: values.pop(name) for name in names}
            return function(*arguments, **{argument: build(**own)}, **values)

        decorated: Callable[..., Any] = call
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
