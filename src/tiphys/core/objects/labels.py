"""What labels, annotations and namespaces may be called, and what Kubernetes says of those that may not."""

from __future__ import annotations

import re
from typing import Final

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.status import invalid

LABEL_PATTERN: Final = r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
LONGEST_LABEL: Final = 63
NOT_A_LABEL: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'{LABEL_PATTERN}')"
)
# Texts, not compiled expressions: most programs need none of them.
_PREFIX: Final = r"(?:(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?"
_NAME: Final = _PREFIX + r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_NOT_A_NAME: Final = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_NAMESPACE: Final = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NOT_A_NAMESPACE: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)


def label_problems(value: str) -> list[str]:
    """What is wrong with the value of a label."""
    reasons = []
    if len(value.encode()) > LONGEST_LABEL:
        reasons.append(f"must be no more than {LONGEST_LABEL} characters")
    if not re.fullmatch(LABEL_PATTERN, value):
        reasons.append(NOT_A_LABEL)
    return reasons


def check_maps(kind: Kind, name: str, metadata: JsonObject) -> None:
    """Refuse labels and annotations that are none.

    Raises:
        InvalidObjectError: with Kubernetes' text.
    """
    for field in ("labels", "annotations"):
        found = metadata.get(field)
        for key, value in found.items() if isinstance(found, dict) else ():
            if not re.fullmatch(_NAME, key.lower() if field == "annotations" else key):
                raise invalid(kind, name, f'metadata.{field}: Invalid value: "{key}": {_NOT_A_NAME}')
            if field == "labels" and isinstance(value, str) and (wrong := label_problems(value)):
                raise invalid(kind, name, f'metadata.labels: Invalid value: "{value}": {wrong[0]}')


def check_namespace(kind: Kind, name: str, namespace: str) -> None:
    """Refuse a namespace that cannot be one.

    Raises:
        InvalidObjectError: with Kubernetes' text.
    """
    if not re.fullmatch(_NAMESPACE, namespace):
        raise invalid(kind, name, f'metadata.namespace: Invalid value: "{namespace}": {_NOT_A_NAMESPACE}')
