"""Which names an expression needs."""

from __future__ import annotations

import pytest

from tiphys.core.expr.compile import compile_expression


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("1 + 1", ()),
        ("len(xs)", ("xs",)),
        ("steps.a.status", ("steps", "steps.a", "steps.a.status")),
        ('steps["my-step"].status', ("steps", "steps.my-step", "steps.my-step.status")),
        ("a[i].b", ("a", "i")),
        ("a?.b.c", ("a",)),
        ("a.b?.c", ("a",)),
        ("a.b ?? c.d", ("a", "c", "c.d")),
        ("let x = 1; x", ("x",)),
        ("$env.a", ("$env", "$env.a")),
        ("asInt(inputs.parameters.n)", ("asInt", "inputs", "inputs.parameters", "inputs.parameters.n")),
        ("len", ("len",)),
        ("map(xs, .name + y)", ("xs", "y")),
    ],
)
def test_required(text: str, required: tuple[str, ...]) -> None:
    assert set(compile_expression(text).identifiers.required) == set(required)


def test_shorter_paths_come_first() -> None:
    required = compile_expression("steps.a.outputs.result").identifiers.required
    assert required == ("steps", "steps.a", "steps.a.outputs", "steps.a.outputs.result") or required[0] == "steps"
    assert list(required).index("steps.a") < list(required).index("steps.a.outputs")
