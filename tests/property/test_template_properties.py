"""What holds for every text, value and scope."""

from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.template.compile import compile_text, compile_tree
from tiphys.core.template.depends import RESULTS, TaskResult, parse_depends
from tiphys.core.template.errors import TemplateError, WhenError
from tiphys.core.template.nested import environment, exists
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.tagscan import tags, unclosed
from tiphys.core.template.when import evaluate_when

anything = st.text()
braces = st.text(alphabet="{}= abn.")
literal = anything.filter(lambda text: "{" not in text and "}" not in text)
names = st.from_regex(r"[a-z][a-z-]{0,2}(\.[a-z-]{1,3}){0,3}", fullmatch=True)
scopes = st.dictionaries(names, st.one_of(anything, st.none()), max_size=8)


@given(before=literal, value=anything, after=literal)
def test_values_are_never_read_as_templates(before: str, value: str, after: str) -> None:
    scope = Scope({"v": value, "a": "no", "item": "no"})
    assert compile_text(f"{before}{{{{v}}}}{after}").render(scope, Mode.STRICT) == f"{before}{value}{after}"


@given(text=braces)
def test_tags_and_the_text_between_them_make_up_the_text(text: str) -> None:
    found = tags(text)
    position = 0
    for tag in found:
        assert position <= tag.start < tag.end
        assert text[tag.start : tag.end] == f"{{{{{'=' if tag.kind == 'expression' else ''}{tag.content}}}}}"
        assert "{{" not in text[position : tag.start]
        position = tag.end
    rest = text[position:]
    assert ("{{" in rest) == (unclosed(text) is not None)


@given(text=st.text(alphabet="{} abn."))
def test_nothing_in_scope_changes_nothing(text: str) -> None:
    compiled = compile_text(text)
    try:
        assert compiled.render(Scope({}), Mode.LENIENT) == text
    except TemplateError:
        assert unclosed(text) is not None


@given(text=st.text(alphabet="{} abn."), values=st.dictionaries(st.sampled_from(["a", "b", "n", "a.b"]), literal))
def test_strict_and_lenient_agree_when_strict_succeeds(text: str, values: dict[str, str]) -> None:
    scope = Scope(values)
    try:
        strict = compile_text(text).render(scope, Mode.STRICT)
    except TemplateError:
        return
    assert compile_text(text).render(scope, Mode.LENIENT) == strict


@given(value=anything)
def test_a_tree_is_rendered_like_its_strings(value: str) -> None:
    scope = Scope({"v": value})
    rendered = compile_tree({"k": ["{{v}}", {"x": "<{{v}}>"}], "n": 1}).render(scope, Mode.STRICT)
    assert rendered == {"k": [value, {"x": f"<{value}>"}], "n": 1}


@given(text=st.one_of(anything, st.text(alphabet="ab1.-+*/%&|<>=!~?:,()[]'\" \\tinx")))
def test_when_fails_only_in_its_own_way(text: str) -> None:
    try:
        assert evaluate_when(text) in (True, False)
    except WhenError as error:
        assert text in str(error)


def _expanded(flat: dict[str, str | None]) -> dict[str, object]:
    """The plain way: shorter names first, maps replace values."""
    root: dict[str, object] = {}
    for name in sorted(flat, key=lambda name: name.count(".")):
        *path, last = name.split(".")
        level = root
        for part in path:
            below = level.get(part)
            if not isinstance(below, dict):
                below = level[part] = {}
            level = below
        level[last] = flat[name]
    return root


@given(first=scopes, second=scopes)
def test_lazy_environment_equals_the_expanded_one(first: dict[str, str | None], second: dict[str, str | None]) -> None:
    scope = Scope(first).child(second)
    assert environment(scope) == _expanded({**first, **second})
    for name in (*first, *second):
        assert exists(scope, name)
        assert exists(scope, name.partition(".")[0])


@given(first=scopes, more=scopes, gone=st.integers(0, 8))
def test_environment_follows_changes(first: dict[str, str | None], more: dict[str, str | None], gone: int) -> None:
    values = {**{f"base.k{number}": "" for number in range(100)}, **first}  # enough for an index that is kept
    scope = Scope(values)
    assert environment(scope) == _expanded(values)
    values.update(more)
    assert environment(scope) == _expanded(values)
    for name in list(values)[99 : 99 + gone]:
        del values[name]
    values.update(more)
    assert environment(scope) == _expanded(values)


references = st.builds(lambda task, result: f"{task}.{result}", st.sampled_from("AB"), st.sampled_from(sorted(RESULTS)))
expressions = st.recursive(
    references,
    lambda inner: st.one_of(
        inner.map(lambda text: f"!{text}"),
        inner.map(lambda text: f"({text})"),
        st.builds(lambda left, right: f"({left} && {right})", inner, inner),
        st.builds(lambda left, right: f"({left} || {right})", inner, inner),
    ),
    max_leaves=8,
)
results = st.builds(TaskResult, **{field: st.booleans() for field in RESULTS.values()})


@given(text=expressions, a=results, b=results)
def test_depends_is_boolean_algebra(text: str, a: TaskResult, b: TaskResult) -> None:
    known = {
        f"{task}.{name}": getattr(result, field)
        for task, result in (("A", a), ("B", b))
        for name, field in RESULTS.items()
    }
    expected = _boolean(text, known)
    assert parse_depends(text, {}).evaluate({"A": a, "B": b}) is expected


def _boolean(text: str, known: dict[str, bool]) -> bool:
    """Evaluate a fully bracketed text by taking it apart from outside."""
    if text.startswith("!"):
        return not _boolean(text[1:], known)
    if not text.startswith("("):
        return known[text]
    inner, depth = text[1:-1], 0
    for place, character in enumerate(inner):
        depth += (character == "(") - (character == ")")
        if depth == 0 and inner.startswith((" && ", " || "), place):
            left, right = _boolean(inner[:place], known), _boolean(inner[place + 4 :], known)
            return (left and right) if inner[place + 1] == "&" else (left or right)
    return _boolean(inner, known)
