"""Manifests as Go's unit tests read them: a number or boolean where a text belongs is turned into text.

Their reader knows the type that it fills (``sigs.k8s.io/yaml``); ``argo lint``, and ours, refuse such values.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from tiphys.core.manifest.load import load

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_TEXT = ("expected a string, found the number", "expected a string, found true", "expected a string, found false")


def as_unit_tests_read(text: str) -> str:
    """The first document with texts where texts belong; the text itself where they are there already."""
    places = [found.path for found in load(text, "case.yaml").diagnostics if _is_scalar(found.message)]
    if not places:
        return text
    data = next(yaml.load_all(text, _LOADER))
    for *parents, last in places:
        place = data
        for part in parents:
            place = place[part]
        place[last] = _shown(place[last])
    return json.dumps(data, default=str)


def _is_scalar(message: str) -> bool:
    return any(start in message for start in _NO_TEXT)


def _shown(value: Any) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.17g}" if isinstance(value, float) else str(value)
    )
