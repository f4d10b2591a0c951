"""``tiphys explain``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import completing, problems, session
from tiphys.errors import NotFoundError

if TYPE_CHECKING:
    from tiphys.core.manifest.fieldhelp import FieldHelp
    from tiphys.entrypoints.cli.output.style import Style

_MANY = 12


@click.command("explain")
@click.argument("subject", metavar="FIELD|WORKFLOW", shell_complete=completing.workflows())
@click.argument("node", required=False, metavar="NODE", shell_complete=completing.nodes)
@session.no_color_option
def command(subject: str, node: str | None, no_color: bool) -> int:
    """Describe a field of a manifest, or say why a workflow or one of its nodes is as it is.

    A field is a path such as workflow.spec.templates.retryStrategy; a node is named by its display name, full name
    or id, and may be one that has not started.  ``@latest`` is the newest workflow.
    """
    style = session.out_style(no_color=no_color)
    if node is None and _is_field(subject):
        sys.stdout.write(_page(_field(subject), style))
        return problems.OK
    from tiphys.entrypoints.cli.output.story import last_lines, story

    with session.system() as (local, space):
        found = local.api.explain(space, subject, node)
        sys.stdout.write(story(found, last_lines(local.api, space, subject, found), style))
    return problems.OK


def _is_field(subject: str) -> bool:
    """A path of fields begins with a kind or its short name; anything else is a workflow's name."""
    from tiphys.core.manifest.fieldhelp import UnknownFieldError, explain

    try:
        explain(subject.partition(".")[0])
    except UnknownFieldError:
        return False
    return True


def _field(path: str) -> FieldHelp:
    from tiphys.core.manifest.fieldhelp import UnknownFieldError, explain

    try:
        return explain(path)
    except UnknownFieldError as error:
        known = ", ".join(error.known[:_MANY]) + (", …" if len(error.known) > _MANY else "")
        hint = f"did you mean {error.near!r}?" if error.near else f"one of: {known}" if known else None
        raise NotFoundError(error.message, hint) from None


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
