"""Paths and conditions over live objects: any text gives a value or a TemplateError, nothing else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tiphys.core.objects.selectors import parse_selector
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.gjson import lookup
from tiphys.core.template.live.jqfilter import jq_filter
from tiphys.core.template.live.kubepath import kubectl_jsonpath
from tiphys.errors import UsageError

_PIECES = st.sampled_from(
    [
        "{", "}", ".", "..", "[", "]", "*", "?(", ")", "@", "$", "==", "!=", "<", ">", ",", ":", "-1", "0", "9", "a", "b", "items",
        "'x'", '"y', "range ", "end", " ", "\\", "in (", "notin (", "!", "=", "#", "|", "map(", "keys", "length", "null", "true",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=20), st.lists(_PIECES, max_size=12).map("".join))
_DATA: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from("abx"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "items"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_TEXTS, _DATA)
@settings(deadline=None)
def test_any_template_of_kubectl(text: str, data: Any) -> None:
    with suppress(TemplateError):
        assert isinstance(kubectl_jsonpath(text, data), str)


@given(_TEXTS, _DATA)
@settings(deadline=None)
def test_any_selector_and_path(text: str, data: Any) -> None:
    lookup(text, data)
    with suppress(UsageError):
        for requirement in parse_selector(text, paths=True):
            assert isinstance(requirement.holds(lookup(requirement.key, data)), bool)
            assert parse_selector(str(requirement), paths=True) == (requirement,) or "in" in requirement.key


@given(_TEXTS.filter(lambda text: "def" not in text and "repeat" not in text), _DATA)
@settings(deadline=None)
def test_any_filter_of_jq(text: str, data: Any) -> None:
    with suppress(TemplateError):
        assert isinstance(jq_filter(text, data), str)


@given(_DATA)
@settings(deadline=None)
def test_what_the_object_holds_is_found_again(data: Any) -> None:
    """Every path into an object leads to the same value in all three languages, as far as it is text."""
    for path, value in _texts(data):
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        assert kubectl_jsonpath(f"{{{dotted or '@'}}}", data) == value
        assert jq_filter(f".{dotted.removeprefix('.')}", data) == value
        if path:
            assert lookup(".".join(map(str, path)), data) == value


def _texts(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, str):
        return [(path, data)]
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, value in entries for found in _texts(value, (*path, key))]
