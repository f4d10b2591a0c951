"""sprig: what the corpus does not show, and that every name is there."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.expr.builtins import sprig
from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.format import go_string
from tiphys.core.expr.program import ExprError


def run(text: str, env: dict[str, Any] | None = None) -> Any:
    return compile_expression(text).run(env or {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sprig.abbrev(5, 'hello world')", "he..."),
        ("sprig.abbrevboth(5, 10, '1234 5678 9123')", "...5678..."),
        ("sprig.title('hello world')", "Hello World"),
        ("sprig.nospace('a b  c')", "abc"),
        ("sprig.snakecase('FirstName')", "first_name"),
        ("sprig.kebabcase('FirstName')", "first-name"),
        ("sprig.camelcase('http_server')", "HttpServer"),
        ("sprig.wrap(5, 'ab cd ef')", "ab cd\nef"),
        ("sprig.wrapWith(3, '|', 'abcdef')", "abc|def"),
        ("sprig.squote('a', 1)", "'a' '1'"),
        ("sprig.nindent(1, 'a')", "\n a"),
        ("sprig.plural('one', 'many', 2)", "many"),
        ("sprig.seq(1, 2, 7)", "1 3 5 7"),
        ("sprig.seq(3, 1)", "3 2 1"),
        ("sprig.int('0x10')", 16),
        ("sprig.int('010')", 8),
        ("sprig.int('1.9')", 1),
        ("sprig.toDecimal('777')", 511),
        ("sprig.mod(-7, 3)", -1),
        ("sprig.div(-7, 2)", -3),
        ("sprig.divf(1, 3)", 0.3333333333333333),
        ("sprig.until(3)", [0, 1, 2]),
        ("sprig.splitn('-', 2, 'a-b-c')", {"_0": "a", "_1": "b-c"}),
        ("sprig.sortAlpha(['b', 'a', 1])", ["1", "a", "b"]),
        ("sprig.compact([1, '', 0, 2])", [1, 2]),
        ("sprig.without([1, 2, 3], 2, 3)", [1]),
        ("sprig.slice([1, 2, 3], 1, 2)", [2]),
        ("sprig.concat([1], [2])", [1, 2]),
        ("sprig.dig('a', 'b', 'none', {a: {b: 1}})", 1),
        ("sprig.dig('a', 'x', 'none', {a: {b: 1}})", "none"),
        ("sprig.mergeOverwrite({a: 1, b: {c: 1}}, {b: {c: 2, d: 3}})", {"a": 1, "b": {"c": 2, "d": 3}}),
        ("sprig.mergeOverwrite({a: true, b: 1, c: 'x'}, {a: false, b: nil, c: []})", {"a": False, "b": None, "c": []}),
        ("sprig.merge({a: '', b: 1, c: {d: 1}}, {a: 2, b: 3, c: 4, e: nil})", {"a": 2, "b": 1, "c": {"d": 1}}),
        ("sprig.omit({a: 1, b: 2}, 'a')", {"b": 2}),
        ("sprig.regexFindAll('a*', 'baac', -1)", ["", "aa", ""]),
        ("sprig.regexSplit('a+', 'baac', -1)", ["b", "c"]),
        ("sprig.regexReplaceAllLiteral('a(x)b', '-axb-', '${1}')", "-${1}-"),
        ("sprig.regexMatch('[', 'x')", False),
        ("sprig.adler32sum('a')", "6422626"),
        ("sprig.b64dec('!')", "illegal base64 data at input byte 0"),
        ("sprig.clean('/a/../b//c/.')", "/b/c"),
        ("sprig.dir('/a/b.txt')", "/a"),
        ("sprig.base('/a/b.txt')", "b.txt"),
        ("sprig.urlParse('http://u:p@h:80/p?q=1#f').hostname", "h"),
        ("sprig.urlParse('http://[::1]:80/').hostname", "::1"),
        ("sprig.urlParse('http://h:/').host", "h:"),
        ("sprig.urlParse('a/b:c').path", "a/b:c"),
        ("sprig.semver('v1.2.3-rc.1+x').Minor()", 2),
        ("sprig.semverCompare('^1.2', '1.9.0')", True),
        ("sprig.semverCompare('~1.2.3', '1.3.0')", False),
        ("sprig.semverCompare('>=1.0, <2 || 3.x', '3.1.4')", True),
        ("sprig.semverCompare('1.0 - 2.0', '1.5.0')", True),
        ("sprig.semverCompare('>1.0', '2.0.0-rc1')", False),
        ("sprig.typeOf(1.5)", "float64"),
        ("sprig.kindOf([])", "slice"),
        ("sprig.randAlpha(3)", "ccc"),
        ("sprig.cat('a ', ' b ', nil)", "a   b "),
        ("sprig.int(' 1')", 0),
        ("sprig.int('1_000')", 1000),
        ("sprig.int('-5.')", -5),
        ("sprig.int('09')", 0),
        ("sprig.atoi('-99999999999999999999')", -(1 << 63)),
        ("sprig.atoi('1 ')", 0),
        ("sprig.toDecimal('1_0')", 0),
        ("sprig.duration('--5')", "0s"),
        ("sprig.durationRound('1s')", "0s"),
        ("sprig.durationRound('-90s')", "1m"),
        ("toJson(sprig.rest([1]))", "[]"),
        ("toJson(sprig.initial([]))", "null"),
        ("sprig.substr(-1, 2, 'abc')", "ab"),
        ("sprig.merge(nil, {a: 1})", {"a": 1}),
        ("sprig.unixEpoch(nil)", "-62135596800"),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = run(text, {"$random": lambda: 2})
    assert found == value
    assert type(found) is type(value) or isinstance(found, type(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sprig.env('HOME')", "invalid operation: cannot call nil (1:7)"),
        ("sprig.first('x')", "Cannot find first on type string (1:7)"),
        ("sprig.mustRegexMatch('[', 'x')", "error parsing regexp: missing closing ]: `[` (1:7)"),
        ("sprig.semver('x')", "Invalid Semantic Version (1:7)"),
        ("sprig.bcrypt('x')", "sprig.bcrypt is switched off: expressions do not make secrets (1:7)"),
        ("sprig.div(1, 0)", "runtime error: integer divide by zero (1:7)"),
        ("sprig.regexFind('[', 'x')", "regexp: Compile(`[`): error parsing regexp: missing closing ]: `[` (1:7)"),
        ("sprig.substr(5, 9, 'abc')", "runtime error: slice bounds out of range [5:3] (1:7)"),
        ("sprig.substr(-1, 9, 'abc')", "runtime error: slice bounds out of range [:9] with length 3 (1:7)"),
        ("sprig.addf(1 / 0)", "Cannot create a Decimal from +Inf (1:7)"),
        (
            "sprig.dig('a', 'b', 0, {a: 'x'})",
            "interface conversion: interface {} is string, not map[string]interface {} (1:7)",
        ),
        ("sprig.urlParse('http://[')", "unable to parse url: parse \"http://[\": missing ']' in host (1:7)"),
        (
            "sprig.urlParse('http://h:x/')",
            'unable to parse url: parse "http://h:x/": invalid port ":x" after host (1:7)',
        ),
        (
            "sprig.urlParse('http://h h/')",
            'unable to parse url: parse "http://h h/": invalid character " " in host name (1:7)',
        ),
        (
            "sprig.urlParse('1:b')",
            'unable to parse url: parse "1:b": first path segment in URL cannot contain colon (1:7)',
        ),
        ("sprig.default()", "invalid number of arguments: expected at least 1, got 0 (1:7)"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        run(text)
    assert caught.value.message.splitlines()[0] == message


def test_random_is_reproducible() -> None:
    numbers = iter(range(1000))
    env = {"$random": lambda: next(numbers)}
    first = go_string(run("sprig.uuidv4()", env))
    assert (first[14], len(first)) == ("4", 36)
    assert run("sprig.randInt(5, 10)", env) in range(5, 10)


def test_all_names_are_there() -> None:
    """All names of the specification's table (section 14), and none of the two that Argo removes."""
    names = sprig.functions()
    assert len(names) == 209
    assert not {"env", "expandenv"} & set(names)
    assert {"mustToJson", "osBase", "genSignedCertWithKey", "mustMergeOverwrite", "htmlDateInZone"} <= set(names)
