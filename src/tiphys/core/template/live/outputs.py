"""Output parameters of resource templates (``spec/expressions.md`` 21.2)."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import ValueFrom
from tiphys.core.manifest.model.scalars import JsonValue


def output_value(source: ValueFrom, found: JsonValue | None) -> str:
    """The text of an output parameter.

    ``found`` is the live object as ``kubectl get -o json`` prints it, or None when the action leaves none to look at
    (delete, or a get of several): then it is ``default``, or empty.  ``jsonPath`` wins over ``jqFilter``.

    Raises:
        TemplateError: the path or filter is malformed or fails; ``default`` does not help.
    """
    if found is None:
        return source.default or ""
    if source.json_path:
        from tiphys.core.template.live.kubepath import kubectl_jsonpath

        return kubectl_jsonpath(source.json_path, found)
    if source.jq_filter:
        from tiphys.core.template.live.jqfilter import jq_filter

        return jq_filter(source.jq_filter, found)
    return source.default or ""
