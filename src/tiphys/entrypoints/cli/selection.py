"""Which workflows a command is about: by labels and fields, by phase, age and name (``spec/cli.md`` 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from tiphys.entrypoints.cli import session
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.errors import UsageError
from tiphys.ports.api import ListFilter

if TYPE_CHECKING:
    from tiphys.core.objects.selectors import Requirement
    from tiphys.entrypoints.wire.system import System

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_INSTANCE: Final = "workflows.argoproj.io/controller-instanceid"
_RESUBMITTED: Final = "workflows.argoproj.io/resubmitted-from-workflow"


class Selection(Struct, frozen=True, kw_only=True):
    """What the options say; a selection without any takes everything."""

    selector: tuple[str, ...] = ()
    field_selector: str = ""
    prefix: str = ""
    older: str = ""
    since: str = ""
    status: tuple[str, ...] = ()
    completed: bool = False
    running: bool = False
    resubmitted: bool = False
    chunk_size: int = 0

    def __bool__(self) -> bool:
        return self != Selection(chunk_size=self.chunk_size)

    @property
    def text(self) -> str:
        """The label selector."""
        return ",".join(self.selector)

    def wanted(self, namespace: str | None, *, nodes: bool = False) -> ListFilter:
        """The filter; no namespace is all of them.

        Raises:
            UsageError: an option cannot be read, or two do not go together.
        """
        if self.completed and self.running:
            raise UsageError("--completed and --running cannot be used together")
        now = session.now()
        return ListFilter(
            namespace=namespace,
            phases=tuple(phase for text in self.status for phase in text.split(",") if phase),
            labels=self._labels(),
            fields=self.field_selector,
            prefix=self.prefix or None,
            completed=True if self.completed else False if self.running else None,
            since=_moment("since", self.since, now),
            before=_moment("older", self.older, now),
            nodes=nodes,
            page=self.chunk_size or None,
        )

    def _labels(self) -> tuple[Requirement, ...]:
        from tiphys.core.objects.selectors import EQUALS, EXISTS, Requirement, parse_selector

        found = list(parse_selector(self.text))
        if self.resubmitted:
            found.append(Requirement(_RESUBMITTED, EXISTS))
        instance = session.settings().instance
        if instance:
            found.append(Requirement(_INSTANCE, EQUALS, (instance,)))
        return tuple(found)


def instance_label() -> dict[str, str]:
    """The label of new workflows, where the call names a controller."""
    instance = session.settings().instance
    return {_INSTANCE: instance} if instance else {}


def _moment(option: str, text: str, now: datetime) -> datetime | None:
    """The moment that a duration such as ``3h`` goes back to."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if match is None:
        form = "Expected format <duration><unit> (e.g. 3h)"
        raise UsageError(f"Invalid {option} format '{text}'. {form}", where=f"--{option}")
    try:
        return now - timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})
    except OverflowError:
        raise UsageError("the time is too long", where=f"--{option}") from None


def _selectors(selector: tuple[str, ...], field_selector: str) -> Selection:
    return Selection(selector=selector, field_selector=field_selector)


def _filters(
    *,
    selector: tuple[str, ...],
    field_selector: str,
    prefix: str,
    older: str,
    status: tuple[str, ...],
    completed: bool,
    resubmitted: bool,
) -> Selection:
    return Selection(
        selector=selector,
        field_selector=field_selector,
        prefix=prefix,
        older=older,
        status=status,
        completed=completed,
        resubmitted=resubmitted,
    )


_SELECTOR = click.option(
    "-l", "--selector", multiple=True, metavar="LABELS", help="With these labels: a=b,c!=d,e in (f,g),h,!i."
)
_FIELDS = click.option(
    "--field-selector", default="", metavar="FIELDS", help="With these fields, such as metadata.name!=a."
)
_FILTERS = (
    _SELECTOR,
    _FIELDS,
    click.option("--prefix", default="", metavar="TEXT", help="Whose names begin with this."),
    click.option("--older", default="", metavar="TIME", help="That ended longer ago than this, such as 10m, 3h or 1d."),
    click.option("--status", metavar="PHASE", multiple=True, help="In these phases, repeated or separated by commas."),
    click.option("--completed", is_flag=True, help="Finished ones."),
    click.option("--resubmitted", is_flag=True, help="That were made by resubmitting others."),
)
#: ``-l`` and ``--field-selector``, as ``selection``.
selectors = grouped("selection", _selectors, (_SELECTOR, _FIELDS))
#: All filters, as ``selection``.
filters = grouped("selection", _filters, _FILTERS)


def names(local: System, namespace: str, given: Sequence[str], selection: Selection) -> list[str]:
    """The names given and those of all workflows of the selection, if there is one, each once."""
    found = dict.fromkeys(given)
    if selection:
        found.update(dict.fromkeys(name for _, name in keys(local, namespace, selection)))
    return list(found)


def keys(local: System, namespace: str | None, selection: Selection) -> list[tuple[str, str]]:
    """Namespace and name of all workflows of a selection, in the order of ``list``."""
    from tiphys.entrypoints.cli.output.table import sort_workflows

    found = [each.metadata for each in sort_workflows(local.api.list(selection.wanted(namespace)))]
    return [(meta.namespace or "", meta.name or "") for meta in found if meta is not None]
