"""What a shell offers for names: workflows, nodes, templates, of this machine or of the server that is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import click

from tiphys.entrypoints.cli import session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tiphys.entrypoints.cli.definitions import Definition
    from tiphys.entrypoints.wire.system import System

Completer: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"
#: So many names are enough to choose from.
_MOST = 200


def workflows(*phases: str, completed: bool | None = None) -> Completer:
    """Names of workflows in some phases, or that are over or not; all without either."""

    def complete(context: click.Context, _: click.Parameter, begin: str) -> list[CompletionItem]:
        from tiphys.ports.api import ListFilter

        with _asking(context) as (local, space):
            wanted = ListFilter(namespace=space, phases=phases, completed=completed, prefix=begin or None, limit=_MOST)
            return _offered([(each.metadata and each.metadata.name) or "" for each in local.api.list(wanted)], begin)
        return []

    return complete


def nodes(context: click.Context, _: click.Parameter, begin: str) -> list[CompletionItem]:
    """Display names of the nodes of the workflow that was named before."""
    name = context.params.get("name") or context.params.get("subject")
    with _asking(context) as (local, space):
        status = local.api.get(space, str(name or "")).status
        found = (status.nodes if status is not None else None) or {}
        return _offered([node.display_name or "" for node in found.values() if node.type == "Pod"], begin)
    return []


def pods(context: click.Context, _: click.Parameter, begin: str) -> list[CompletionItem]:
    """Names of the pods of the workflow that was named before."""
    name = str(context.params.get("name") or "")
    with _asking(context) as (local, space):
        from tiphys.app.services.podlabels import pod_name_of

        workflow = local.api.get(space, name)
        shown = (workflow.metadata and workflow.metadata.name) or name
        found = (workflow.status.nodes if workflow.status is not None else None) or {}
        return _offered([pod_name_of(shown, node) for node in found.values() if node.type == "Pod"], begin)
    return []


def archived(context: click.Context, _: click.Parameter, begin: str) -> list[CompletionItem]:
    """Names of archived workflows."""
    from tiphys.ports.api import ListFilter

    with _asking(context) as (local, space):
        found = local.archived.list(ListFilter(namespace=space))
        return _offered([(each.metadata and each.metadata.name) or "" for each in found], begin)
    return []


def definitions_of(definition: Definition) -> Completer:
    """Names of templates or CronWorkflows."""

    def complete(context: click.Context, _: click.Parameter, begin: str) -> list[CompletionItem]:
        from tiphys.entrypoints.cli import definitions
        from tiphys.entrypoints.cli.output.definitions import name_of

        with _asking(context) as (local, space):
            return _offered([name_of(item) for item in definitions.every(local, definition, space)], begin)
        return []

    return complete


def sources(context: click.Context, parameter: click.Parameter, begin: str) -> list[CompletionItem]:
    """What ``submit --from`` takes: a kind, then a name."""
    from tiphys.entrypoints.cli.definitions import CLUSTER_TEMPLATE, CRON, TEMPLATE

    kinds = {"workflowtemplate": TEMPLATE, "clusterworkflowtemplate": CLUSTER_TEMPLATE, "cronwf": CRON}
    kind, slash, name = begin.partition("/")
    if not slash:
        return _offered([f"{each}/" for each in kinds], begin)
    if kind not in kinds:
        return []
    found = definitions_of(kinds[kind])(context, parameter, name)
    return _offered([f"{kind}/{each.value}" for each in found], begin)


def files(_: click.Context, __: click.Parameter, begin: str) -> list[CompletionItem]:
    """Files, as the shell knows them."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begin, type="file")]


def _offered(names: Sequence[str], begin: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(begin)][:_MOST]


@contextmanager
def _asking(context: click.Context) -> Iterator[tuple[System, str]]:
    """The system that the line so far means; whatever goes wrong, nothing is offered and nothing is said."""
    from tiphys.errors import TiphysError

    try:
        with context.scope(cleanup=False), session.system() as found:
            yield found
    except (TiphysError, OSError):
        return
