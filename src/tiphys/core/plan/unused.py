"""Parameters of a call that a workflow has no use for: most likely their names are misspelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from tiphys.core.manifest.encode import to_json
from tiphys.core.manifest.model.workflow import WorkflowSpec

#: One parameter in a tag or an expression: ``workflow.parameters.x``, ``workflow.parameters['x']``.
_ONE: Final = re.compile(r"workflow\.parameters(?:\.([\w-]+)|\[\\?[\"']([^\"'\\]*)\\?[\"']\])")
_ALL: Final = "workflow.parameters"


def unused_parameters(spec: WorkflowSpec, names: Iterable[str]) -> dict[str, str]:
    """The names that no argument, no input of the entrypoint and no tag has, each with the nearest known one or ``""``.

    ``spec`` is as it is executed, with the templates that it refers to inside.  Argo accepts such parameters.
    """
    unknown = set(names) - _declared(spec)
    if not unknown:
        return {}
    text = to_json(spec).decode()
    read = [first or second for first, second in _ONE.findall(text)]
    if len(read) < text.count(_ALL) or "json" in read:  # all at once, or one whose name is computed
        return {}
    known = _declared(spec) | set(read)
    return {
        name: next(iter(difflib.get_close_matches(name, sorted(known), n=1)), "") for name in sorted(unknown - known)
    }


def _declared(spec: WorkflowSpec) -> set[str]:
    entry = next((item for item in spec.templates or () if item.name == spec.entrypoint), None)
    places = (spec.arguments, entry.inputs if entry is not None else None)
    return {each.name or "" for place in places if place is not None for each in place.parameters or ()}
