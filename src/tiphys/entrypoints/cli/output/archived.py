"""An archived workflow as ``archive get`` shows it: no tree (``spec/cli.md`` 7)."""

from __future__ import annotations

import json
from datetime import datetime

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.entrypoints.cli.output.describe import period, service_account
from tiphys.entrypoints.cli.output.objects import escaped, print_workflow, to_data
from tiphys.entrypoints.cli.output.times import parse, timestamp


def shown(workflow: Workflow, output: str, now: datetime) -> str:
    """The workflow as ``json`` (one line), ``yaml`` or as a short block."""
    if output == "json":
        return escaped(json.dumps(to_data(workflow), separators=(",", ":"), ensure_ascii=False)) + "\n"
    if output == "yaml":
        return print_workflow(workflow, "yaml") + "\n"
    metadata, status = workflow.metadata, workflow.status
    rows = [
        ("Name:", (metadata and metadata.name) or ""),
        ("Namespace:", (metadata and metadata.namespace) or ""),
        ("ServiceAccount:", service_account(workflow)),
        ("Status:", (status and status.phase) or ""),
    ]
    if status is not None and status.message:
        rows.append(("Message:", status.message))
    rows.append(("Created:", timestamp(parse(metadata.creation_timestamp if metadata else None), now)))
    if status is not None:
        rows += period(status, now)
    return "".join(f"{label:<20} {value}\n" for label, value in rows)
