"""jq filters over objects, with the results written as Argo writes them.  The only door to the library jq."""

from __future__ import annotations

from typing import cast

from tiphys.core.expr.format import json_float
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.errors import TemplateError

#: Go reads every number as a float; integers up to here are exact.
_EXACT = 2**53
#: Filters cannot read the environment of this process, and ``import`` is no syntax inside of parentheses.
_HEAD = '{} as $ENV | def env: {}; def input: error("input is not available"); def inputs: empty; (\n'
_TAIL = "\n)"


def jq_filter(text: str, data: JsonValue) -> str:
    """All results of a filter, each on a line of its own: strings as they are, others as compact JSON; then trimmed.

    A filter can run for ever or use any amount of memory: call it where it can be killed.

    Raises:
        TemplateError: the filter is malformed or fails.
    """
    import jq

    try:
        found = jq.compile(_HEAD + text + _TAIL).input_value(_as_go(data)).all()
    except ValueError as error:
        raise TemplateError(f"jq: {_first_line(str(error))}") from None
    return "".join(f"{_written(cast('JsonValue', value))}\n" for value in found).strip(" \t\n\v\f\r\x85\xa0")


def _first_line(text: str) -> str:
    """The message without the excerpt, which shows what stands around the filter."""
    return text.strip().splitlines()[0].partition(" at <top-level>")[0].removeprefix("jq: error: ") or "failed"


def _as_go(value: JsonValue) -> JsonValue:
    """Data with integers rounded as a float holds them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -_EXACT <= value <= _EXACT else int(float(value))
    if isinstance(value, dict):
        return {key: _as_go(item) for key, item in value.items()}
    return [_as_go(item) for item in value] if isinstance(value, list) else value


def _written(value: JsonValue) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: JsonValue) -> str:
    """Compact JSON with sorted keys."""
    import json

    if isinstance(value, dict):
        items = (f"{json.dumps(key, ensure_ascii=False)}:{_json(value[key])}" for key in sorted(value))
        return "{" + ",".join(items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return json_float(float(value))
    return json.dumps(value, ensure_ascii=False)
