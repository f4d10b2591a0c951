"""Conditions of HTTP templates; selectors and arguments of event bindings."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.manifest.model.arguments import Parameter, ValueFrom
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.events import Event, event_metadata, event_parameters, selects
from tiphys.core.template.live.http import Request, Response, http_failure

SENT = Request(method="GET", url="http://x", body="é", headers=[("x-one", "1")])
BACK = Response(status=404, body='{"a": 1}', headers=[("content-type", "a"), ("Content-Type", "b")])


@pytest.mark.parametrize(
    ("condition", "failure"),
    [
        (None, "received non-2xx response code: 404"),
        ("response.statusCode == 404", None),
        ("response.statusCode < 300", "successCondition 'response.statusCode < 300' evaluated false"),
        ('response.headers["Content-Type"][1] == "b"', None),
        ('response.headers["Nope"] == nil', None),
        ('request.headers["X-One"] == ["1"] && request.method == "GET"', None),
        ("len(request.bodyBytes) == 2", None),
        ('response.body contains "a"', None),
    ],
)
def test_http(condition: str | None, failure: str | None) -> None:
    assert http_failure(condition, SENT, BACK) == failure


def test_http_without_condition() -> None:
    assert http_failure(None, SENT, Response(status=204, body="")) is None
    assert http_failure("", SENT, Response(status=300, body="")) == "received non-2xx response code: 300"


@pytest.mark.parametrize("condition", ["response.", "1", "nope", "asInt(response.body)"])
def test_http_errors(condition: str) -> None:
    with pytest.raises(TemplateError):
        http_failure(condition, SENT, BACK)


def event(payload: Any) -> Event:
    return Event(namespace="n", discriminator="d", metadata={"X-Git": ["push"]}, payload=payload)


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ("true", True),
        ('discriminator == "d" && namespace == "n"', True),
        ('metadata["x-git"] == ["push"]', True),
        ("payload.n == 1", True),
        ("payload.list[0].m > 1.5", True),
        ("payload.nope != nil", False),
    ],
)
def test_selectors(selector: str, taken: bool) -> None:
    assert selects(selector, event({"n": 1, "list": [{"m": 2}]})) is taken


@pytest.mark.parametrize("selector", ["payload.", "payload.n", "asInt('1') == 1"])
def test_selectors_that_fail(selector: str) -> None:
    with pytest.raises(TemplateError, match=r"^failed to evaluate workflow template expression: "):
        selects(selector, event({"n": 1}))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("payload.s", "text"),
        ("payload.n", "1"),
        ("payload.half", "0.5"),
        ("payload.list", '[1,"a"]'),
        ("payload", '{"half":0.5,"list":[1,"a"],"n":1,"s":"text"}'),
        ("payload.nope", "null"),
    ],
)
def test_arguments(expression: str, value: str) -> None:
    given = [Parameter(name="p", value_from=ValueFrom(event=expression))]
    payload = {"s": "text", "n": 1, "half": 0.5, "list": [1, "a"]}
    assert event_parameters(given, event(payload)) == (Parameter(name="p", value=value),)


@pytest.mark.parametrize(
    ("parameter", "problem"),
    [
        (Parameter(name="p", value="x"), 'malformed workflow template parameter "p": valueFrom is nil'),
        (
            Parameter(name="p", value_from=ValueFrom(event="a.")),
            "failed to compile workflow template parameter p expression: ",
        ),
        (
            Parameter(name="p", value_from=ValueFrom(event="payload.a.b.c")),
            'failed to evaluate workflow template parameter "p" expression: ',
        ),
    ],
)
def test_arguments_that_fail(parameter: Parameter, problem: str) -> None:
    with pytest.raises(TemplateError) as error:
        event_parameters([parameter], event({}))
    assert str(error.value).startswith(problem)


def test_metadata() -> None:
    wanted = ObjectMeta(
        generate_name='"run-" + payload.id + "-"', labels={"l": "payload.id"}, annotations={"a": "sprig.upper('x')"}
    )
    found = event_metadata(wanted, event({"id": "7"}))
    assert (found.generate_name, found.labels, found.annotations) == ("run-7-", {"l": "7"}, {"a": "X"})
    assert event_metadata(None, event({})) == ObjectMeta()


def test_metadata_must_be_text() -> None:
    with pytest.raises(TemplateError) as error:
        event_metadata(ObjectMeta(name="payload.n"), event({"n": 1}))
    assert str(error.value) == "workflow name expression must evaluate to a string, not a float64"
    with pytest.raises(TemplateError, match=r'^failed to evaluate workflow label "k" expression: '):
        event_metadata(ObjectMeta(labels={"k": "a."}), event({}))
