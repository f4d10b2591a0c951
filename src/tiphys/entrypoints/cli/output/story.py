"""An explanation as text: the subject, one sentence, the reasons, and what their pods said last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tiphys.entrypoints.cli.output.style import BOLD, FAINT, Style, one_line
from tiphys.errors import TiphysError
from tiphys.ports.api import Api, LogFilter

if TYPE_CHECKING:
    from tiphys.core.engine.explain import Explanation, Reason

#: So many reasons are shown; a large workflow may wait for thousands of pods.
_REASONS = 20
#: Of so many failures the end of the log is shown, and so many lines of it.
_LOGS, _LINES = 3, 10
#: Full name of a node → what its pod said last.
LastLines = Mapping[str, Sequence[str]]


def last_lines(api: Api, namespace: str, workflow: str, found: Explanation) -> LastLines:
    """What the pods of the first failures said last; nothing of those whose log cannot be had."""
    logs = list(dict.fromkeys(reason.log for reason in found.reasons if reason.log))[:_LOGS]
    return {node: lines for node in logs if (lines := _said(api, namespace, workflow, node))}


def _said(api: Api, namespace: str, workflow: str, node: str) -> Sequence[str]:
    """The last lines of the main container; of all containers where that said nothing or there is none."""
    for container in ("main", None):
        wanted = LogFilter(pod_name=node, container=container, tail=_LINES)
        try:
            lines = [line.text for line in api.logs(namespace, workflow, wanted)][-_LINES:]
        except TiphysError:
            return ()
        if lines:
            return lines
    return ()


def story(found: Explanation, lines: LastLines, style: Style) -> str:
    """The subject with its phase, one sentence, and the reasons below it."""
    head = [f"{style.paint(found.subject, BOLD)}  {style.phase(found.phase)}", f"  {found.text}"]
    return "".join(f"{line}\n" for line in (*head, *reasons(found.reasons, lines, style, "  ")))


def reasons(found: Sequence[Reason], lines: LastLines, style: Style, indent: str = "") -> Iterator[str]:
    """The reasons, each with what it rests on and what its pod said last."""
    for reason in found[:_REASONS]:
        text = f": {one_line(reason.text)}" if reason.text else ""
        yield f"{indent}{style.phase(reason.phase)} {reason.node}{text}"
        bar = style.paint("│" if style.utf8 else "|", FAINT)
        yield from (f"{indent}  {bar} {one_line(line)}" for line in lines.get(reason.log, ()))
        yield from reasons(reason.below, lines, style, indent + "  ")
    if len(found) > _REASONS:
        yield f"{indent}… and {len(found) - _REASONS} more"
