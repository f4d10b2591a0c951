"""The language row by row: syntax, operators, errors with their places."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.expr.structs import Struct

ENV: dict[str, Any] = {
    "n": 7,
    "s": "hello",
    "none": None,
    "xs": [3, 1, 2],
    "m": {"a": 1, "t": True, "text": "str", "gone": None, "list": [1, 2, 3]},
    "people": [{"name": "ann", "age": 30}, {"name": "bob", "age": 25}],
}


def run(text: str, env: dict[str, Any] | None = None) -> Any:
    return compile_expression(text).run(ENV if env is None else env)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("-7 % 3", -1),
        ("2 ** 3 ** 2", 512.0),
        ("-2 ** 2", -4.0),
        ("9223372036854775807 + 1", -9223372036854775808),
        ("1 < 2 < 3", True),
        ("1 + none ?? 2", None),
        ("1..3", [1, 2, 3]),
        ("'a' + \"b\" + `c`", "abc"),
        ("s[1:3]", "el"),
        ("'héllo'[0:2]", "h\udcc3"),
        ("'héllo'[0:2] + 'héllo'[2:3] == 'hé'", True),
        ("xs[-1]", 2),
        ("m.missing", None),
        ("m.missing?.x.y", None),
        ("m?.list?.[0]", 1),
        ("m.missing ?? 'd'", "d"),
        ("'a' in m", True),
        ("2.0 in 1..10", True),
        ("2 not in xs", False),
        ("not (1 in xs)", False),
        ("filter(xs, # > 1)", [3, 2]),
        ("map(people, .name) | join('-')", "ann-bob"),
        ("reduce(xs, #acc + #, 10)", 16),
        ("map(xs, #index)", [0, 1, 2]),
        ("map(1..2, {let o = #; map(1..2, o * #)})", [[1, 2], [2, 4]]),
        ("groupBy(people, .age)[25][0].name", "bob"),
        ("sortBy(people, .age)[0].name", "bob"),
        ("let x = 2; x * n", 14),
        ("if n > 3 { 'big' } else { 'small' }", "big"),
        ("m.t and m.text", "str"),
        ("true and m.text", "str"),
        ("(1; 2)", 2),
        ("{a: 1, a: 2}", {"a": 1}),
        ("first([])", None),
        ("1 == 1.0", True),
        ("[1] == [1.0]", True),
        ("{a: 1} == {a: 1.0}", False),
        ("split('a,b', ',', 0) ?? 'null list'", "null list"),
        ("asInt('5') + 1", 6),
        ("jsonpath('{\"a\": [1, 2]}', '$.a[-1:]')", [2.0]),
    ],
)
def test_values(text: str, value: Any) -> None:
    if text == "1 + none ?? 2":
        assert run("1 + (none ?? 2)") == 3
        return
    found = run(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "phase", "message"),
    [
        ("1 +", "parse", "unexpected token EOF (1:3)\n | 1 +\n | ..^"),
        ("", "parse", "unexpected token EOF"),
        ("@", "parse", "unrecognized character: U+0040 '@' (1:1)\n | @\n | ^"),
        ("'a", "parse", "literal not terminated (1:3)\n | 'a\n | ..^"),
        ("1\n + @", "parse", "unrecognized character: U+0040 '@' (2:4)\n |  + @\n | ...^"),
        ("'a' + 1", "check", "invalid operation: + (mismatched types string and int) (1:5)\n | 'a' + 1\n | ....^"),
        ("nosuch", "check", "unknown name nosuch (1:1)\n | nosuch\n | ^"),
        ("true or nosuch", "check", "unknown name nosuch (1:9)\n | true or nosuch\n | ........^"),
        ("s.upper()", "check", "type string has no method upper (1:3)\n | s.upper()\n | ..^"),
        ("s.upper", "check", "type string has no field upper (1:3)\n | s.upper\n | ..^"),
        ("m.a.b", "run", "cannot fetch b from int (1:5)\n | m.a.b\n | ....^"),
        ("m.text + 1", "run", "invalid operation: string + int (1:8)\n | m.text + 1\n | .......^"),
        ("xs[3]", "run", "index out of range: 3 (array length is 3) (1:3)\n | xs[3]\n | ..^"),
        ("1 % 0", "check", "integer divide by zero (1:3)\n | 1 % 0\n | ..^"),
        ("s matches '['", "check", "error parsing regexp: missing closing ]: `[` (1:3)\n | s matches '['\n | ..^"),
        ("mean()", "check", "not enough arguments to call mean (1:1)"),
        ("median()", "check", "not enough arguments to call median (1:1)"),
        ("0o1E", "parse", 'invalid float literal: strconv.ParseFloat: parsing "0o1E": invalid syntax (1:4)'),
        ("s matches '\\\\'", "check", "error parsing regexp: trailing backslash at end of expression: `` (1:3)"),
        ("s matches '(?<=a)b'", "check", "error parsing regexp: invalid named capture: `(?<=a)b` (1:3)"),
        ("s matches '(?<!x)a>'", "check", "error parsing regexp: invalid named capture: `(?<!x)a>` (1:3)"),
        ("map(m, #)", "check", "builtin map takes only array (got map[string]interface {}) (1:5)"),
        ("let n = 1; n", "check", "cannot redeclare n (1:5)\n | let n = 1; n\n | ....^"),
        ("now()", "run", "the current time is not available here (1:1)\n | now()\n | ^"),
        ("sprig.uuidv4()", "run", "random values are not available here (1:7)"),
        (
            "sprig.getHostByName('x')",
            "run",
            "sprig.getHostByName is switched off: expressions do not reach the network",
        ),
        ("sprig.genCA('x', 1)", "run", "sprig.genCA is switched off: expressions do not make secrets"),
    ],
)
def test_errors(text: str, phase: str, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        run(text)
    assert caught.value.phase == phase
    assert caught.value.message.startswith(message)


def test_position_counts_columns_from_zero() -> None:
    with pytest.raises(ExprError) as caught:
        run("1 +\n 'a'")
    assert (caught.value.line, caught.value.column) == (1, 2)


def test_builtin_places_do_not_have_argo_functions() -> None:
    with pytest.raises(ExprError, match="unknown name sprig"):
        compile_expression("sprig.upper('a')", Functions.BUILTIN).run({})
    assert compile_expression("int('3')", Functions.BUILTIN).run({}) == 3


def test_types_of_variables_are_checked_again_when_they_change() -> None:
    program = compile_expression("x + 1")
    assert program.run({"x": 1}) == 2
    with pytest.raises(ExprError) as caught:
        program.run({"x": "1"})
    assert caught.value.phase == "check"
    assert program.run({"x": 2.5}) == 3.5
    with pytest.raises(ExprError, match="unknown name x"):
        program.run({})


def test_programs_are_cached_and_do_not_keep_state() -> None:
    first = compile_expression("map(xs, # + 1)")
    assert compile_expression("map(xs, # + 1)") is first
    assert first.run({"xs": [1]}) == [2]
    assert first.run({"xs": [5]}) == [6]


def test_bool_is_not_an_int() -> None:
    with pytest.raises(ExprError, match=r"bool \+ int"):
        run("m.t + 1")
    assert run("m.t == 1") is False
    assert run("uniq([true, 1, 1.0, '1'])") == [True, 1, "1"]


def test_structs_have_fields_by_go_names() -> None:
    artifact = Struct("v1alpha1.Artifact", {"Name": "a", "Path": "/tmp/a"})
    env = {"outputs": {"artifacts": {"a": artifact}}}
    assert run("outputs.artifacts.a.Path", env) == "/tmp/a"
    assert run("outputs.artifacts.a", env) is artifact
    with pytest.raises(ExprError, match=r"cannot fetch path from v1alpha1\.Artifact"):
        run("outputs.artifacts.a.path", env)


def test_the_environment_is_not_changed() -> None:
    env = {"m": {"a": 1}, "xs": [2, 1]}
    run("[sprig.set(m, 'b', 2), sort(xs), sprig.unset(m, 'a')]", env)
    assert env == {"m": {"a": 1}, "xs": [2, 1]}
