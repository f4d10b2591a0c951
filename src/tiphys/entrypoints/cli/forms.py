"""The option ``-o``: in which form an answer is printed (``spec/cli.md`` 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from tiphys.entrypoints.cli.optiongroups import Decorator
from tiphys.errors import UsageError


class _Form(click.ParamType[str]):
    """One of some words; anything else is refused with Argo's text."""

    name = "form"

    def __init__(self, forms: tuple[str, ...]) -> None:
        self.forms = forms

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself."""
        if value and value not in self.forms:
            hint = f"see {ctx.command_path} --help" if ctx is not None else None
            raise UsageError(
                f'invalid argument "{value}" for "-o, --output" flag: One of: {"|".join(self.forms)}', hint
            )
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The words that begin so."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(form) for form in self.forms if form.startswith(incomplete)]


def output(*forms: str, default: str = "", more: str = "") -> Decorator:
    """The option; ``more`` is added to its help."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return click.option(
            "-o",
            "--output",
            type=_Form(forms),
            default=default,
            metavar="FORM",
            help=f"Output format. One of: {'|'.join(forms)}{more}",
        )(function)

    return decorate
