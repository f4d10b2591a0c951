"""``tiphys schema``."""

from __future__ import annotations

import json
import sys

import click

from tiphys.entrypoints.cli import problems
from tiphys.errors import UsageError


@click.command("schema")
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be repeated.  All by default."
)
def command(kinds: tuple[str, ...]) -> int:
    """Print the JSON Schema of manifests, for editors."""
    from tiphys.core.manifest.findings import nearest
    from tiphys.core.manifest.jsonschema import schema
    from tiphys.core.manifest.objects import KINDS

    names = {kind.lower(): kind for kind in KINDS}
    chosen = []
    for kind in kinds:
        if kind.lower() not in names:
            near = nearest(kind, KINDS)
            hint = f"did you mean {near!r}?" if near else f"one of {', '.join(KINDS)}"
            raise UsageError(f"unknown kind: {kind}", hint, "--kind")
        chosen.append(names[kind.lower()])
    sys.stdout.write(json.dumps(schema(tuple(dict.fromkeys(chosen))), indent=2) + "\n")
    return problems.OK
