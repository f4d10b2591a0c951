"""How workflows run again: the options of ``retry`` and ``resubmit``, of those that are live and of the archive's."""

from __future__ import annotations

import click

from tiphys.entrypoints.cli import session
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.entrypoints.cli.overrides import PARAMETER, PRIORITY
from tiphys.entrypoints.cli.parameters import parse_parameters
from tiphys.ports.api import ResubmitOptions, RetryOptions


def _retrying(*, parameter: tuple[str, ...], restart_successful: bool, node_field_selector: str) -> RetryOptions:
    return RetryOptions(
        restart_successful=restart_successful, selector=node_field_selector, parameters=parse_parameters(parameter)
    )


def _resubmitting(*, parameter: tuple[str, ...], memoized: bool, priority: int | None) -> ResubmitOptions:
    return ResubmitOptions(memoized=memoized, parameters=parse_parameters(parameter), priority=priority)


def warn_of_priority(options: ResubmitOptions) -> None:
    """Say that a server is not told of ``--priority``: Argo's API has no place for it."""
    if options.priority is not None and session.is_remote():
        session.warn(["--priority is not sent: the API of servers takes none for resubmit; the workflow keeps its own"])


#: What is retried, as ``options``.
retrying = grouped(
    "options",
    _retrying,
    (
        PARAMETER,
        click.option(
            "--restart-successful", is_flag=True, help="Run nodes again that succeeded, those of the selector."
        ),
        click.option(
            "--node-field-selector", default="", metavar="SELECTOR", help="Which ones; with --restart-successful."
        ),
    ),
)
#: What is submitted again, as ``options``.
resubmitting = grouped(
    "options",
    _resubmitting,
    (
        PARAMETER,
        click.option("--memoized", is_flag=True, help="Keep the outputs of what succeeded; for workflows that failed."),
        PRIORITY,
    ),
)
