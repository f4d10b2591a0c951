import pytest

from tiphys.core.template.errors import WhenError
from tiphys.core.template.when import evaluate_when
from tiphys.core.template.when.evaluate import compile_when


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", True),
        ("true", True),
        ("Succeeded == Succeeded", True),
        ("'a b' == \"a b\"", True),
        ("1 == 1.0", True),
        ('1 == "1"', False),
        ("true == 1", False),
        ("True == true", False),
        ("0x10 == 16 && 007 == 7", True),
        ("a in (a, b) && c IN (a, b)", False),
        ("2 ** 3 ** 2 == 64", True),
        ("10 - 3 - 2 == 5", True),
        ("-2 + 3 == 1", True),
        ("7 % 4 == 3 && 5 & 4 == 4 && (1 << 3) == 8 && ~1 == -2", True),
        ("1 / 0 > 1000", True),
        ("0 / 0 == 0 / 0", False),
        ("a + 1 == a1", True),
        ("B < a", True),
        ("abc =~ 'b.' && abc !~ '^b'", True),
        (r"a\-b == 'a-b'", True),
        ("[a b] == 'a b'", True),
        ("true ? false : true", False),
        ("false ? true : (1 == 1)", True),
        ("(1 < 2) == true", True),
        ("1 > 2 == false", True),
        ("nil == nil", True),
        ("false && !true || true", True),
    ],
)
def test_values(text: str, result: bool) -> None:
    assert evaluate_when(text) is result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("'2024-01-01' < '2024-01-02T00:00:00Z'", True),
        ("'2024-01-01T02:00:00+02:00' == '2024-01-01'", True),
        ("'2024-02-30' < '2024-03-01'", None),
        ("'Mon Jan  1 00:00:00 2024' == '2024-01-01 00:00'", True),
        ("'3:04PM' > '3:04AM'", True),
        ("'2024-01-01T10:00+0100' == '2024-01-01 09:00:00'", True),
        ("'2024-01-01' == 1704067200", True),
    ],
)
def test_dates(text: str, result: bool | None) -> None:
    if result is None:
        with pytest.raises(WhenError, match="cannot be used with the comparator"):
            evaluate_when(text)
    else:
        assert evaluate_when(text) is result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b", "Invalid 'when' expression 'a b': Cannot transition token types from VARIABLE [a] to VARIABLE [b]"),
        (
            "{{item}} == a",
            "Invalid 'when' expression '{{item}} == a': Invalid token: '{{' "
            '(hint: try wrapping the affected expression in quotes ("))',
        ),
        ("a == (", "Invalid 'when' expression 'a == (': Unbalanced parenthesis"),
        ("a ==", "Invalid 'when' expression 'a ==': Unexpected end of expression"),
        ("  ", "Invalid 'when' expression '  ': Unexpected end of expression"),
        ("'a", "Invalid 'when' expression ''a': Unclosed string literal"),
        ("[a", "Invalid 'when' expression '[a': Unclosed parameter bracket"),
        ("a.b == 1", "Invalid 'when' expression 'a.b == 1': Unable to access unexported field 'b' in token 'a.b'"),
        ("a. == 1", "Invalid 'when' expression 'a. == 1': Hanging accessor on token 'a.'"),
        ("foo(1)", "Invalid 'when' expression 'foo(1)': Undefined function foo"),
        ("!a", "Failed to parse 'when' expression '!a': Cannot transition token types from PREFIX [!] to STRING [a]"),
        ("a.B", "Failed to evaluate 'when' expresion 'a.B': No parameter 'a' found."),
        (
            "foo-bar == 1",
            "Failed to evaluate 'when' expresion 'foo-bar == 1': "
            "Value 'foo' cannot be used with the modifier '-', it is not a number",
        ),
        (
            "a && true",
            "Failed to evaluate 'when' expresion 'a && true': "
            "Value 'a' cannot be used with the logical operator '&&', it is not a bool",
        ),
        (
            "a in ()",
            "Failed to evaluate 'when' expresion 'a in ()': "
            "Value '<nil>' cannot be used with the comparator 'in', it is not a number",
        ),
        ("1 + 1", "Expected boolean evaluation for '1 + 1'. Got 2"),
        ("a, 1000000", "Expected boolean evaluation for 'a, 1000000'. Got [a 1e+06]"),
        ("a =~ '('", "Invalid 'when' expression 'a =~ '('': error parsing regexp: missing closing ): `(`"),
    ],
)
def test_error_texts(text: str, message: str) -> None:
    with pytest.raises(WhenError) as caught:
        evaluate_when(text)
    assert str(caught.value) == message


def test_right_side_is_not_evaluated_without_need() -> None:
    assert evaluate_when("true || (a - 1)") is True
    assert evaluate_when("false && (a - 1)") is False


def test_long_chains_need_no_deep_stack() -> None:
    assert evaluate_when(" || ".join(["a == b"] * 5000 + ["a == a"])) is True


def test_deep_nesting_is_an_error() -> None:
    depth = 10_000
    with pytest.raises(WhenError, match="nested deeper"):
        evaluate_when("(" * depth + "true" + ")" * depth)


def test_parsed_texts_are_kept() -> None:
    assert compile_when("a == a") is compile_when("a == a")


def test_a_backslash_in_a_number_is_a_number_that_cannot_be_read() -> None:
    with pytest.raises(WhenError, match="Unable to parse numeric value '0:' to float64"):
        evaluate_when("0\\: == 1")
