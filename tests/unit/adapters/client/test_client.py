"""The client over a server that a test plays: requests as Argo's own client makes them, answers, errors, streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from tiphys.adapters.client.connection import Connection, ServerAddress
from tiphys.adapters.client.definitions import RemoteDefinitions
from tiphys.adapters.client.synclimits import RemoteLimits
from tiphys.adapters.client.workflows import RemoteWorkflows
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.cli.definitions import CRON
from tiphys.errors import (
    AlreadyExistsError,
    ForbiddenError,
    NotFoundError,
    RemoteError,
    TiphysError,
    UnsupportedError,
    UsageError,
)
from tiphys.ports.api import ListFilter, LogFilter, NodeValues, ResubmitOptions, RetryOptions
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import Listing
from tiphys.ports.synclimits import SyncLimit
from tiphys.secret import Secret

WORKFLOW = {"metadata": {"name": "w", "namespace": "argo"}, "spec": {}, "status": {"phase": "Running", "odd": 1}}
Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, **more: object) -> RemoteWorkflows:
    address = ServerAddress(host="argo:2746", token=Secret(b"Bearer t"), **more)  # type: ignore[arg-type]
    return RemoteWorkflows(Connection(address, httpx.MockTransport(answer)))


class Recorder:
    """Answers with one thing and remembers what was asked."""

    def __init__(self, answer: object = WORKFLOW, status: int = 200) -> None:
        self.answer, self.status = answer, status
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, json=self.answer)

    @property
    def last(self) -> tuple[str, str, object]:
        request = self.asked[-1]
        return request.method, request.url.path, json.loads(request.content) if request.content else None


def test_where_and_how_a_server_is_asked() -> None:
    recorder = Recorder()
    client(recorder, base_href="/x").get("argo", "w")
    client(recorder, secure=False).get("argo", "@latest")
    assert [str(each.url) for each in recorder.asked] == [
        "https://argo:2746/x/api/v1/workflows/argo/w",
        "http://argo:2746/api/v1/workflows/argo/@latest",
    ]
    assert recorder.asked[0].headers["authorization"] == "Bearer t"


def test_unknown_fields_of_a_newer_server_are_left_out() -> None:
    status = client(Recorder()).get("argo", "w").status
    assert status is not None
    assert status.phase == "Running"


@pytest.mark.parametrize(
    ("act", "verb", "body"),
    [
        (lambda api: api.stop("argo", "w", message="m"), "stop", {"message": "m"}),
        (lambda api: api.terminate("argo", "w"), "terminate", {}),
        (lambda api: api.suspend("argo", "w"), "suspend", {}),
        (lambda api: api.resume("argo", "w", selector="name=a"), "resume", {"nodeFieldSelector": "name=a"}),
        (
            lambda api: api.set_nodes("argo", "w", NodeValues(selector="name=a", parameters={"p": "1"})),
            "set",
            {"nodeFieldSelector": "name=a", "outputParameters": '{"p":"1"}'},
        ),
        (
            lambda api: api.retry("argo", "w", RetryOptions(restart_successful=True, parameters={"p": "1"})),
            "retry",
            {"restartSuccessful": True, "parameters": ["p=1"]},
        ),
        (lambda api: api.resubmit("argo", "w", ResubmitOptions(memoized=True)), "resubmit", {"memoized": True}),
    ],
)
def test_actions_are_puts_without_what_is_empty(
    act: Callable[[RemoteWorkflows], object], verb: str, body: dict[str, object]
) -> None:
    recorder = Recorder()
    act(client(recorder))
    assert recorder.last == ("PUT", f"/api/v1/workflows/argo/w/{verb}", {"namespace": "argo", "name": "w", **body})


def test_lists_follow_their_pages_and_ask_for_no_nodes() -> None:
    pages = [
        {"metadata": {"continue": "2"}, "items": [{"metadata": {"name": "a1"}}, {"metadata": {"name": "b"}}]},
        {"metadata": {}, "items": [{"metadata": {"name": "a2"}}]},
    ]
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=pages[len(asked) - 1])

    wanted = ListFilter(prefix="a", phases=("Failed", "Error"), labels=parse_selector("x=1"), completed=True)
    found = client(answer).list(wanted)
    assert [each.metadata.name for each in found if each.metadata] == ["a1", "a2"]
    assert asked[0].url.path == "/api/v1/workflows/"
    assert asked[0].url.params["listOptions.labelSelector"] == (
        "x=1,workflows.argoproj.io/phase in (Failed,Error),workflows.argoproj.io/completed=true"
    )
    assert asked[0].url.params["fields"] == "-items.status.nodes"
    assert asked[1].url.params["listOptions.continue"] == "2"


def test_an_empty_list_is_null() -> None:
    assert client(Recorder({"metadata": {}, "items": None})).list(ListFilter(namespace="argo")) == []


def test_logs_are_lines_with_their_moment_and_may_be_empty() -> None:
    frames = [
        {"result": {"content": "2026-01-01T00:00:00Z hello", "podName": "w-1"}},
        {"result": {"podName": "w-1"}},
    ]
    text = "\n".join(json.dumps(frame) for frame in frames)
    api = client(lambda _request: httpx.Response(200, text=text))
    lines = list(api.logs("argo", "w", LogFilter(follow=True)))
    assert [(line.pod_name, line.text) for line in lines] == [("w-1", "hello"), ("w-1", "")]
    assert lines[0].time == datetime(2026, 1, 1, tzinfo=UTC)


def test_an_error_in_the_middle_of_a_stream_is_raised() -> None:
    text = '{"result":{"content":"x"}}\n{"error":{"grpc_code":5,"message":"gone"}}\n'
    api = client(lambda _request: httpx.Response(200, text=text))
    with pytest.raises(NotFoundError, match="gone"):
        list(api.logs("argo", "w", LogFilter()))


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (404, {"code": 5, "message": "m"}, NotFoundError),
        (409, {"code": 6, "message": "m"}, AlreadyExistsError),
        (403, {"code": 7, "message": "m"}, ForbiddenError),
        (401, {"code": 16, "message": "m"}, ForbiddenError),
        (400, {"code": 3, "message": "m"}, UsageError),
        (500, {"code": 13, "message": "m"}, RemoteError),
        (502, "<html>", RemoteError),
        (200, ["no object"], RemoteError),
    ],
)
def test_errors_of_a_server_are_ours(status: int, answer: object, kind: type[TiphysError]) -> None:
    with pytest.raises(kind) as caught:
        client(Recorder(answer, status)).get("argo", "w")
    assert status == 200 or caught.value.where == "argo:2746"


def test_a_server_that_is_not_there_is_said_without_the_token() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(RemoteError, match="argo:2746 does not answer: connection refused") as caught:
        client(refuse).get("argo", "w")
    assert "Bearer" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "host", "text", "hint"),
    [
        (httpx.RemoteProtocolError("gone."), "argo:1", "argo:1 broke off its answer: gone", "call it again"),
        (httpx.ReadError("reset"), "argo:1", "argo:1 broke off its answer: reset", "call it again"),
        (httpx.ConnectError("refused"), "http://argo", "http://argo does not answer: refused", "without a scheme"),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER]"), "argo:1", "does not answer", "ARGO_SECURE=false"),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] no"),
            "argo:1",
            "does not answer",
            "--certificate-authority",
        ),
        (httpx.LocalProtocolError("illegal header"), "argo:1", "cannot be sent: illegal header", "--header"),
    ],
)
def test_how_a_request_went_wrong_is_said(error: Exception, host: str, text: str, hint: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise error

    address = ServerAddress(host=host, token=Secret(b"t"))
    with pytest.raises(TiphysError) as caught:
        RemoteWorkflows(Connection(address, httpx.MockTransport(refuse))).get("argo", "w")
    assert text in caught.value.message and hint in (caught.value.hint or "") and caught.value.where == host
    with pytest.raises(TiphysError) as changing:
        RemoteWorkflows(Connection(address, httpx.MockTransport(refuse))).suspend("argo", "w")
    assert ("may have been done" in (changing.value.hint or "")) == ("broke off" in text)


def test_a_proxy_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="the proxy cannot be used"):
        client(Recorder(), proxy="nope")


@pytest.mark.parametrize("odd", [{"metadata": 3}, {"status": [1]}])
def test_definitions_of_another_shape_are_said(odd: dict[str, object]) -> None:
    address = ServerAddress(host="argo:1", token=Secret(b"t"))
    remote = RemoteDefinitions(Connection(address, httpx.MockTransport(Recorder({"items": [odd], **odd}))))
    with pytest.raises(RemoteError, match="CronWorkflow that cannot be read"):
        remote.get(OWNER, CRON.ref("a", "b"))
    with pytest.raises(RemoteError, match="cannot be read"):
        remote.list(OWNER, Listing(kind=CRON.known, namespace="a"))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (404, {"code": 5, "message": "Not Found", "details": []}),
        (501, {"code": 12, "message": "Not Implemented"}),
        (404, "page not found"),
    ],
)
def test_what_argo_servers_have_not_is_refused_with_a_hint(status: int, answer: object) -> None:
    recorder = Recorder(answer, status)
    api = client(recorder)
    for act in (
        lambda: api.events("argo", "w"),
        lambda: api.explain("argo", "w"),
        lambda: api.plan_retry("argo", "w", RetryOptions()),
        lambda: api.retry("argo", "w", RetryOptions(nodes=("a",))),
    ):
        with pytest.raises(UnsupportedError, match="this server has no ") as caught:
            act()
        assert caught.value.hint
    assert all(each.url.path.startswith("/api/x/v1/workflows/argo/w/") for each in recorder.asked)


def test_limits_are_listed_where_the_server_can() -> None:
    def limits(recorder: Recorder) -> RemoteLimits:
        address = ServerAddress(host="argo:2746", token=Secret(b"Bearer t"))
        return RemoteLimits(Connection(address, httpx.MockTransport(recorder)))

    able = Recorder({"items": [{"type": 1, "namespace": "argo", "key": "k", "limit": 2}]})
    assert limits(able).of_database("argo") == [SyncLimit(namespace="argo", map_name="", key="k", limit=2)]
    assert able.last == ("GET", "/api/x/v1/sync/argo", None)
    with pytest.raises(UnsupportedError, match="this server has no list of sync limits"):
        limits(Recorder({"code": 5, "message": "Not Found"}, 404)).of_database("argo")


def test_a_workflow_that_is_not_there_is_no_missing_route() -> None:
    with pytest.raises(NotFoundError):
        client(Recorder({"code": 5, "message": "workflow 'w' not found"}, 404)).explain("argo", "w")


def test_answers_of_another_shape_are_said() -> None:
    api = client(Recorder({"nodes": [{}], "items": [{}]}))
    for act in (
        lambda: api.events("argo", "w"),
        lambda: api.explain("argo", "w"),
        lambda: api.plan_retry("argo", "w", RetryOptions()),
    ):
        with pytest.raises(RemoteError, match="cannot be read"):
            act()


class Streaming(httpx.SyncByteStream):
    """Lines of a stream that then stays silent for too long."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for name in self.names:
            self.read += 1
            yield json.dumps({"result": {"type": "MODIFIED", "object": {"metadata": {"name": name}}}}).encode() + b"\n"
        raise httpx.ReadTimeout("silent")


def test_waiting_watches_until_one_of_the_names_changes() -> None:
    stream, asked = Streaming("other", "w", "more"), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=stream)

    client(answer).await_change("argo", ["v", "w"], "17", 30)
    [request] = asked
    assert request.url.path == "/api/v1/workflow-events/argo"
    assert dict(request.url.params) == {"listOptions.resourceVersion": "17", "fields": "result.object.metadata.name"}
    assert request.extensions["timeout"]["read"] == 30
    assert stream.read == 2


@pytest.mark.parametrize("answer", [httpx.Response(200, stream=Streaming("other")), httpx.Response(403)])
def test_where_nothing_is_told_the_caller_looks_again(answer: httpx.Response, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("tiphys.adapters.client.workflows.time.sleep", slept.append)
    recorder = Recorder()

    def asked(request: httpx.Request) -> httpx.Response:
        recorder(request)
        return answer

    client(asked).await_change("argo", ["w"], "", 1)
    assert slept == [0.5]
    assert recorder.asked[0].url.params["listOptions.fieldSelector"] == "metadata.name=w"
    assert "listOptions.resourceVersion" not in recorder.asked[0].url.params


def test_the_version_of_a_namespace_is_that_of_its_list() -> None:
    recorder = Recorder({"metadata": {"resourceVersion": "18"}, "items": None})
    assert client(recorder).version("argo") == "18"
    assert recorder.asked[0].url.params["listOptions.limit"] == "1"
