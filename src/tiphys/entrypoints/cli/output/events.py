"""Events as a table like kubectl's, or as objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.objects import to_json
from tiphys.entrypoints.cli.output.style import one_line
from tiphys.entrypoints.cli.output.table import align


def events_table(events: Sequence[Fact], now: datetime) -> str:
    """One event a line, oldest first."""
    if not events:
        return "No events found\n"
    rows: list[Sequence[str]] = [("LAST SEEN", "TYPE", "REASON", "MESSAGE")]
    rows += [(times.distance(each.time, now), each.type, each.reason, one_line(each.message)) for each in events]
    return align(rows, 3)


def events_text(objects: Sequence[JsonObject], output: str) -> str:
    """Event objects as a JSON array or a YAML sequence."""
    if output == "json":
        return to_json(list(objects), 2)
    return msgspec.yaml.encode(list(objects)).decode()
