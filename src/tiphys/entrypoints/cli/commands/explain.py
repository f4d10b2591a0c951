"""``tiphys explain``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import problems, session
from tiphys.errors import NotFoundError

if TYPE_CHECKING:
    from tiphys.core.manifest.fieldhelp import FieldHelp
    from tiphys.entrypoints.cli.output.style import Style

_MANY = 12


@click.command("explain")
@click.argument("field", metavar="FIELD")
@session.no_color_option
def command(field: str, no_color: bool) -> int:
    """Describe a field of a manifest, such as workflow.spec.templates.retryStrategy."""
    from tiphys.core.manifest.fieldhelp import UnknownFieldError, explain

    try:
        found = explain(field)
    except UnknownFieldError as error:
        known = ", ".join(error.known[:_MANY]) + (", …" if len(error.known) > _MANY else "")
        hint = f"did you mean {error.near!r}?" if error.near else f"one of: {known}" if known else None
        raise NotFoundError(error.message, hint) from None
    sys.stdout.write(_page(found, session.out_style(no_color=no_color)))
    return problems.OK


def _page(found: FieldHelp, style: Style) -> str:
    """The path with its type, what it is for, and a table of the fields inside."""
    from tiphys.entrypoints.cli.output.style import BOLD, FAINT

    lines = [f"{style.paint(found.path, BOLD)}  {style.paint(f'<{found.type}>', FAINT)}"]
    if found.text:
        lines.append(f"  {found.text}")
    if found.children:
        width = max(len(child.name) for child in found.children)
        types = max(len(child.type) for child in found.children)
        lines += ["", "Fields:"]
        for child in found.children:
            kind = style.paint(f"<{child.type}>", FAINT) + " " * (types - len(child.type))
            lines.append(f"  {child.name:<{width}}  {kind}  {child.text}".rstrip())
    return "".join(f"{line}\n" for line in lines)
