"""Whatever the text, reading it answers with documents and findings, never with a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiphys.core.manifest import decode, json_text, resolve, yaml
from tiphys.core.manifest.document import Loaded
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.manifest.source import Span

_PIECES = st.sampled_from(
    [
        "kind: Workflow",
        "spec:",
        "  templates:",
        "  - name: a",
        "    steps:",
        "    - - name: b",
        "    - name: c",
        "\n",
        "\n",
        " ",
        "\t",
        "---",
        "...",
        "- ",
        ": ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!x ",
        "|\n",
        ">-\n",
        "#c",
        "'",
        '"',
        "\\",
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
        "\r\n",
        "\r",
        "%YAML 1.2",
        "@",
        "`",
        "1e9",
        "~",
        "yes",
        "é",
        "\ud800",
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join))
_KEYS = st.one_of(
    st.sampled_from(
        ["spec", "metadata", "templates", "steps", "name", "value", "labels", "arguments", "parameters", "dag"]
    ),
    st.sampled_from(
        ["limits", "container", "resources", "withItems", "inline", "plugin", "backoff", "factor", "tasks", "kind"]
    ),
    st.text(max_size=3),
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
)
_DATA = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=20
)
#: Data that is near to a workflow: the right names in the right places, any values.
_NEAR = st.fixed_dictionaries(
    {},
    optional={
        "metadata": _DATA,
        "spec": st.dictionaries(
            st.sampled_from(["templates", "entrypoint", "hooks", "arguments", "podGC"]),
            st.one_of(
                _DATA,
                st.lists(
                    st.dictionaries(
                        st.sampled_from(["name", "steps", "dag", "container", "plugin", "retryStrategy"]), _DATA
                    )
                ),
            ),
        ),
    },
)


def _check(loaded: Loaded, text: str) -> None:
    for finding in loaded.diagnostics:
        assert finding.message and isinstance(finding.span, Span)
        assert 1 <= finding.span.line <= text.count("\n") + 1
        assert finding.span.column >= 1
    assert loaded.documents or loaded.diagnostics


@given(_TEXTS, st.booleans())
@settings(deadline=None)
def test_any_text_is_answered(text: str, strict: bool) -> None:
    _check(load(text, "f", strict=strict), text)


@given(st.binary())
@settings(deadline=None)
def test_any_bytes_are_answered(text: bytes) -> None:
    loaded = load(text, "f")
    assert loaded.documents or loaded.diagnostics


@given(_NEAR, st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_data_is_answered(data: dict[str, Any], strict: bool) -> None:
    text = yaml.dump({"kind": "Workflow", **data})
    loaded = load(text, "f", strict=strict)
    _check(loaded, text)
    found = decode.check(Workflow, {"kind": "Workflow", **data}, strict=strict)
    assert bool(loaded.documents) == (found.record is not None) == (not found.problems)
    if found.problems and all(decode.argo_text(Workflow, problem) for problem in found.problems):
        assert decode.first_for_argo(Workflow, found.problems) is not None


@given(_DATA)
@settings(deadline=None)
def test_dumped_data_is_read_back(data: Any) -> None:
    assert yaml.parse(yaml.dump(data))[0].data == data


@given(_DATA)
@settings(deadline=None)
def test_json_is_read_as_json_reads_it(data: Any) -> None:
    import json

    parsed = json_text.parse(json.dumps(data, indent=1))
    assert parsed is not None
    assert parsed.data == data


@given(st.text(alphabet='[]{},:"\\ut01eE+-.truefalsn \n'))
@settings(deadline=None)
def test_json_agrees_with_the_reader_of_python(text: str) -> None:
    import json

    try:
        wanted = json.loads(text, parse_constant=pytest.fail)
    except (ValueError, RecursionError):
        assert json_text.parse(text) is None
    else:
        found = json_text.parse(text)
        assert found is not None
        assert found.data == wanted


@given(st.text(alphabet="0123456789+-._eExXob:yYnNtTfF~ ", max_size=8))
@settings(deadline=None)
def test_plain_scalars_are_text_or_a_json_value(text: str) -> None:
    value = resolve.plain(text)
    assert value is None or isinstance(value, (bool, int, float, str))
    assert not isinstance(value, str) or value == text
