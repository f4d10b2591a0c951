"""Plain scalars as Argo's reader types them."""

from __future__ import annotations

import pytest

from tiphys.core.manifest import resolve


@pytest.mark.parametrize("text", ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
def test_words_for_true(text: str) -> None:
    assert resolve.plain(text) is True


@pytest.mark.parametrize("text", ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
def test_words_for_false(text: str) -> None:
    assert resolve.plain(text) is False


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_words_for_null(text: str) -> None:
    assert resolve.plain(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("012", 10),
        ("0644", 420),
        ("0o17", 15),
        ("-0o17", -15),
        ("08", 8),
        ("0x1F", 31),
        ("-0b101", -5),
        ("1_000", 1000),
        ("9223372036854775807", 2**63 - 1),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", 2**64),
        ("1e3", 1000),
        ("1.0", 1),
        ("2.", 2),
        ("1e20", 10**20),
    ],
)
def test_whole_numbers(text: str, value: int) -> None:
    found = resolve.plain(text)
    assert (type(found), found) == (int, value)


@pytest.mark.parametrize(("text", "value"), [("1.50", 1.5), (".5", 0.5), ("-1e-3", -0.001), ("1e21", 1e21)])
def test_fractions(text: str, value: float) -> None:
    found = resolve.plain(text)
    assert (type(found), found) == (float, value)


@pytest.mark.parametrize(
    "text",
    [
        "1:30",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "yEs",
        "nope",
        "1.2.3",
        "0x",
        "-",
        "+",
        ".",
        "1e",
        "e3",
        "<<",
        "1e999",
        "9" * 5000,
        "１２",
        "tRUE",
        "o",
        "oN",
        "0b2",
        "100Mi",
        "{{item}}",
        "-a",
        "1 2",
    ],
)
def test_strings(text: str) -> None:
    assert resolve.plain(text) == text


@pytest.mark.parametrize(
    ("text", "plain"), [("abc", True), ("yes", False), ("1:30", False), ("2020-01-01", False), ("=", False)]
)
def test_what_may_be_written_without_quotes(text: str, plain: bool) -> None:
    assert resolve.is_plain_string(text) is plain
