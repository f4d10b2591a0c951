"""What a call changes in workflows before they start: the options of ``submit``, ``run`` and ``cron``."""

from __future__ import annotations

import click
from msgspec.structs import replace

from tiphys.entrypoints.cli import selection
from tiphys.entrypoints.cli.optiongroups import grouped
from tiphys.entrypoints.cli.parameters import parse_labels, parse_parameters, read_parameter_file
from tiphys.ports.api import SubmitOptions

SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time"


def _overrides(
    *,
    name: str | None,
    generate_name: str | None,
    entrypoint: str | None,
    parameter: tuple[str, ...],
    parameter_file: str | None,
    serviceaccount: str | None,
    labels: tuple[str, ...],
) -> SubmitOptions:
    return SubmitOptions(
        name=name,
        generate_name=generate_name,
        entrypoint=entrypoint,
        parameters=parse_parameters(parameter),
        parameter_file=read_parameter_file(parameter_file) if parameter_file else {},
        service_account=serviceaccount,
        labels=parse_labels(labels),
    )


def _starting(*, options: SubmitOptions, priority: int | None, pause_on_failure: bool) -> SubmitOptions:
    labels = {**selection.instance_label(), **options.labels}
    return replace(options, priority=priority, pause_on_failure=pause_on_failure, labels=labels)


PARAMETER = click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="Argument of the workflow.")
PRIORITY = click.option("--priority", type=int, help="Priority of the workflow.")
#: ``--name``, ``--entrypoint``, ``-p``, ``--labels`` and their like, as ``options``.
options = grouped(
    "options",
    _overrides,
    (
        PARAMETER,
        click.option(
            "-f",
            "--parameter-file",
            metavar="FILE",
            help="YAML or JSON map of arguments, or its URL; -p comes before it.",
        ),
        click.option("--entrypoint", metavar="TEMPLATE", help="Begin with another template."),
        click.option("--name", metavar="NAME", help="Name of the workflow."),
        click.option("--generate-name", metavar="PREFIX", help="Beginning of its name."),
        click.option("--serviceaccount", metavar="NAME", help="Run its pods with the rights of this ServiceAccount."),
        click.option("-l", "--labels", multiple=True, metavar="KEY=VALUE", help="Labels, repeated or with commas."),
    ),
)
#: The same for workflows that start at once: with their priority, what a failure does, and the label of a controller.
starting = grouped(
    "options",
    _starting,
    (
        options,
        PRIORITY,
        click.option("--pause-on-failure", is_flag=True, help="Let failed pods wait until `tiphys resume`."),
    ),
)
