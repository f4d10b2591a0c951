"""The options of a call as the API's ``submitOptions`` have them."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.app.services.creation import SubmitOpts
from tiphys.ports.api import SubmitOptions, Trial


def submit_opts(options: SubmitOptions, trial: Trial) -> SubmitOpts:
    """What a submission from a stored object is told; parameters of the call come before those of its file."""
    in_file = {name: value for name, value in options.parameter_file.items() if name not in options.parameters}
    return SubmitOpts(
        name=options.name or "",
        generate_name=options.generate_name or "",
        entry_point=options.entrypoint or "",
        parameters=tuple(f"{name}={value}" for name, value in {**options.parameters, **in_file}.items()),
        service_account=options.service_account or "",
        labels=_pairs(options.labels),
        annotations=_pairs(options.annotations),
        priority=options.priority,
        dry_run=trial is Trial.CLIENT,
        server_dry_run=trial is Trial.SERVER,
    )


def _pairs(given: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in given.items())
