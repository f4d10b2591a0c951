"""sprig: how words are found, written in another case, and put on lines."""

from __future__ import annotations

import json

import pytest

from tiphys.core.expr.compile import compile_expression


def call(name: str, *arguments: object) -> object:
    shown = ", ".join(json.dumps(argument, ensure_ascii=False) for argument in arguments)
    return compile_expression(f"sprig.{name}({shown})").run({})


@pytest.mark.parametrize(
    ("text", "snake"),
    [
        ("FirstName", "first_name"),
        ("HTTPServer", "http_server"),
        ("NoHTTPS", "no_https"),
        ("GO PATH-x", "go_path_x"),
        ("_camelCase_", "_camel_case_"),
        ("A____B", "a____b"),
        (" _-_ ", "_____"),
        ("ABC", "abc"),
        ("http2xx", "http_2xx"),
        ("HTTP2XX", "http2_xx"),
        ("HTTP20xOK", "http_20x_ok"),
        ("Bld4Floor3rd", "bld4_floor_3rd"),
        ("a1b2c3d", "a_1b2c3d"),
        ("step1", "step1"),
        ("A//B%%2c", "a//b%%2c"),
        ("状态Code404/5", "状态_code404/5"),
        ("", ""),
    ],
)
def test_snakecase_and_kebabcase(text: str, snake: str) -> None:
    assert call("snakecase", text) == snake
    assert call("kebabcase", text) == snake.replace("_", "-")


@pytest.mark.parametrize(
    ("text", "camel"),
    [
        ("some_words", "SomeWords"),
        ("GOLANG_IS_GREAT", "GolangIsGreat"),
        ("HTTPServer", "Httpserver"),
        ("FirstName", "FirstName"),
        ("_complex__case_", "_Complex_Case_"),
        (" complex -case ", " Complex Case "),
        ("a.b", "A.b"),
        ("é_ü", "ÉÜ"),
        ("_", "_"),
        ("", ""),
    ],
)
def test_camelcase_keeps_all_separators_but_one_between_words(text: str, camel: str) -> None:
    assert call("camelcase", text) == camel


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("wrap", (3, "é é é"), "é\né\né"),
        ("wrap", (3, "abcdef g"), "abcdef\ng"),
        ("wrapWith", (3, "", "abcdef"), "abc\ndef"),
        ("abbrev", (7, "ééééé"), "éé..."),
        ("abbrev", (3, "abcdef"), "abcdef"),
        ("abbrevboth", (5, 6, "abcdefghijkl"), "abcdefghijkl"),
        ("abbrevboth", (5, 10, "1234 5678 9123"), "...5678..."),
        ("untitle", ("Hello World",), "hello world"),
        ("initials", ("John Ronald Tolkien",), "JRT"),
        ("swapcase", ("This Is",), "tHIS iS"),
    ],
)
def test_words_and_lines(name: str, arguments: tuple[object, ...], value: str) -> None:
    assert call(name, *arguments) == value
