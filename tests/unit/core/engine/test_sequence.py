"""The items of ``withSequence``: bounds, and every directive a format may have."""

import pytest

from tiphys.core.engine.sequence import SequenceError, expand_sequence, format_int
from tiphys.core.manifest.model.scalars import JsonObject


@pytest.mark.parametrize(
    ("pattern", "number", "text"),
    [
        ("%d", -42, "-42"),
        ("%05d|", -42, "-0042|"),
        ("%-5d|", 42, "42   |"),
        ("%5.3d|", 7, "  007|"),
        ("%+d", 7, "+7"),
        ("% d", 7, " 7"),
        ("%x", -255, "-ff"),
        ("%#X", 255, "0XFF"),
        ("%o", 8, "10"),
        ("%#o", 8, "010"),
        ("%O", 8, "0o10"),
        ("%b", 5, "101"),
        ("%08b", 5, "00000101"),
        ("%c", 65, "A"),
        ("%q", 65, "'A'"),
        ("%U", 65, "U+0041"),
        ("%#U", 65, "U+0041 'A'"),
        ("%v", 1, "1"),
        ("%T", 1, "int"),
        ("100%%-%d", 1, "100%-1"),
        ("%s", 1, "%!s(int=1)"),
        ("%5.2f", 1, "%!f(int=   01)"),
        ("%d %d", 1, "1 %!d(MISSING)"),
        ("%[1]d %[1]x", 10, "10 a"),
        ("plain", 1, "plain%!(EXTRA int=1)"),
        ("%d%", 1, "1%!(NOVERB)"),
        ("%99999999999d", 1, "%!(BADWIDTH)%!d(int=1)"),
    ],
)
def test_formats_print_as_gos(pattern: str, number: int, text: str) -> None:
    assert format_int(pattern, number) == text


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ({"start": 3, "end": 1}, ["3", "2", "1"]),
        ({"start": "-1", "end": "1"}, ["-1", "0", "1"]),
        ({"count": "0"}, []),
        ({"count": -2}, ["0", "-1", "-2", "-3"]),
        ({"start": 8, "count": 2, "format": "n%03d"}, ["n008", "n009"]),
    ],
)
def test_bounds(source: JsonObject, items: list[str]) -> None:
    assert expand_sequence(source) == items


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({}, "neither end nor count was specified in withSequence"),
        ({"count": "1_000"}, 'strconv.Atoi: parsing "1_000": invalid syntax'),
        ({"count": " 5"}, 'strconv.Atoi: parsing " 5": invalid syntax'),
        ({"count": "٣"}, 'strconv.Atoi: parsing "٣": invalid syntax'),
        ({"end": "9" * 20}, f'strconv.Atoi: parsing "{"9" * 20}": value out of range'),
        ({"end": "9" * 5000}, f'strconv.Atoi: parsing "{"9" * 5000}": value out of range'),
        ({"count": 2_000_000}, "withSequence has 2000000 items, at most 1000000 are allowed"),
    ],
)
def test_refusals(source: JsonObject, text: str) -> None:
    with pytest.raises(SequenceError) as failure:
        expand_sequence(source)
    assert str(failure.value) == text
