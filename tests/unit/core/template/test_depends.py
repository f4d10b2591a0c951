import pytest

from tiphys.core.template.depends import TaskResult, from_dependencies, invalid_results, parse_depends
from tiphys.core.template.errors import TemplateError

OK = TaskResult(succeeded=True)
FAILED = TaskResult(failed=True)


def test_bare_names_are_rewritten() -> None:
    depends = parse_depends("A && (B.Failed || c-d)", {"A": (True, True)})
    assert depends.text == (
        "(A.Succeeded || A.Skipped || A.Daemoned || A.Errored || A.Failed)"
        " && (B.Failed || (c-d.Succeeded || c-d.Skipped || c-d.Daemoned))"
    )
    assert depends.tasks == ("A", "B", "c-d")
    assert depends.items_tasks == frozenset()


def test_items_win_over_the_task_itself() -> None:
    depends = parse_depends("A.Succeeded && A.AnySucceeded || B", {})
    assert depends.tasks == ("A", "B")
    assert depends.items_tasks == {"A"}


def test_dependencies_list() -> None:
    assert from_dependencies(["a", "b"], {}).text == parse_depends("a && b", {}).text


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("A", True),
        ("B", False),
        ("!B", True),
        ("A && !B", True),
        ("A && B || A", True),
        ("A && (B || B.Failed)", True),
        ("a-b.Omitted", True),
        ("!(A && B.Failed)", False),
        ("A.AllFailed || B.AnySucceeded", False),
        ("L.AnySucceeded && L.AllFailed", True),
    ],
)
def test_evaluate(expression: str, result: bool) -> None:
    results = {
        "A": OK,
        "B": FAILED,
        "a-b": TaskResult(omitted=True),
        "L": TaskResult(any_succeeded=True, all_failed=True),
    }
    assert parse_depends(expression, {}).evaluate(results) is result


@pytest.mark.parametrize("accepted", [TaskResult(skipped=True), TaskResult(daemoned=True), OK])
def test_bare_name_accepts(accepted: TaskResult) -> None:
    assert parse_depends("A", {}).evaluate({"A": accepted})
    assert not parse_depends("A", {}).evaluate({"A": FAILED})
    assert not parse_depends("A", {}).evaluate({"A": TaskResult(errored=True)})
    assert parse_depends("A", {"A": (False, True)}).evaluate({"A": TaskResult(errored=True)})
    assert parse_depends("A", {"A": (True, False)}).evaluate({"A": FAILED})


def test_unknown_task_and_result() -> None:
    with pytest.raises(TemplateError) as caught:
        parse_depends("A.Failed || Z.Failed", {}).evaluate({"A": OK})
    assert str(caught.value) == (
        "unable to evaluate expression 'A.Failed || Z.Failed': unknown name Z (1:13)\n"
        " | A.Failed || Z.Failed\n | ............^"
    )
    with pytest.raises(TemplateError, match=r"type controller\.TaskResults has no field Foo \(1:3\)"):
        parse_depends("A.Foo", {}).evaluate({"A": OK})
    assert invalid_results("A.Foo && b-c.Succeeded || D.Bar") == [("A", "Foo"), ("D", "Bar")]


def test_many_dependencies() -> None:
    names = [f"t{number}" for number in range(5000)]
    depends = from_dependencies(names, {})
    results = dict.fromkeys(names, OK)
    assert depends.evaluate(results)
    assert not depends.evaluate({**results, "t4999": FAILED})
