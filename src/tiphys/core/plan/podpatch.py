"""``podSpecPatch``: Kubernetes' strategic merge of a patch into the spec of a pod, over plain JSON data.

``strategic`` merges typed records, where what is empty says nothing; here null deletes a field, and ``$patch`` and
``$deleteFromPrimitiveList`` may direct the merge, as a person writes them.
"""

from __future__ import annotations

from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.patches import check_elements, strategic_patch
from tiphys.errors import UsageError


class PatchError(ValueError):
    """A patch cannot be applied."""


def parse_patch(text: str) -> JsonObject:
    """A patch as YAML or JSON text; an empty text changes nothing.

    Raises:
        PatchError: the text is neither, or no map.
    """
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        documents = parse(text)
    except YamlError as error:
        raise PatchError(f"podSpecPatch is neither YAML nor JSON: {error.message} (at {error.place(text)})") from None
    if not documents or documents[0].data is None:
        return {}
    data = documents[0].data
    if len(documents) > 1 or not isinstance(data, dict):
        raise PatchError("podSpecPatch must be one map of fields of a pod's spec")
    return data


def patched(spec: JsonObject, patch: JsonObject) -> JsonObject:
    """The spec with a patch applied; neither argument changes.

    Raises:
        PatchError: an element of a list lacks the field that tells elements apart.
    """
    try:
        check_elements(patch)
    except UsageError as error:
        raise PatchError(f"podSpecPatch: {error.message}") from None
    return cast(JsonObject, strategic_patch(spec, patch))
