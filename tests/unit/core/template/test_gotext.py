import pytest

from tiphys.core.template.gotext import go_quote, go_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<nil>"),
        (True, "true"),
        ("a b", "a b"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.5, "-0.5"),
        (100000.0, "100000"),
        (1000000.0, "1e+06"),
        (123456789.0, "1.23456789e+08"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-1.5e300, "-1.5e+300"),
        (float("inf"), "+Inf"),
        (float("nan"), "NaN"),
        (["a", 1.5, None], "[a 1.5 <nil>]"),
        ({"b": 1, "a": "x"}, "map[a:x b:1]"),
    ],
)
def test_values(value: object, text: str) -> None:
    assert go_value(value) == text


def test_quotes() -> None:
    assert go_quote('a"b\\\n\t') == r'"a\"b\\\n\t"'
    assert go_quote("é日😀") == '"é日😀"'
    assert go_quote("\x07\x00\x7f\u00ad\U000e0001") == r'"\a\x00\x7f\u00ad\U000e0001"'
