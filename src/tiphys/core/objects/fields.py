"""Field selectors: ``metadata.name=a,status.phase!=Running``."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.selectors import Requirement


def selected(fields: Sequence[Requirement], item: JsonObject) -> bool:
    """Whether an object has the wanted fields; an absent field is empty text, as in Kubernetes."""
    return all(requirement.holds(_text(item, requirement.key)) for requirement in fields)


def _text(item: JsonObject, path: str) -> str:
    found: JsonValue = item
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, bool):
        return "true" if found else "false"
    return "" if found is None else str(found)
