"""``http``, ``plugin`` and ``data`` templates against a server on loopback."""

from __future__ import annotations

import base64
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.serving import Quiet, serving
from tests.waiting import PATIENCE

from tiphys.adapters.runtimes.agent import guard
from tiphys.adapters.runtimes.agent import http as http_work
from tiphys.adapters.runtimes.agent.runtime import AgentRuntime
from tiphys.adapters.runtimes.agent.work import Plugin
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.runtime import PodKey, PodReport, PodRequest
from tiphys.secret import Secret
from tiphys.testing.clock import VirtualClock

UID = WorkflowUid("22222222-0000-4000-8000-000000000001")
CANARY = "c4nary-in-a-header"


def nothing(number: int) -> tuple[int, bytes]:
    return 404, b"nothing here"


class Server:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, Callable[[int], tuple[int, bytes]]] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Semaphore(0)
        outer = self

        class Handler(Quiet):
            def ask(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.requests.append((self.command, self.path, dict(self.headers), body))
                outer.arrived.release()
                if self.path.startswith("/wait"):
                    outer.gate.wait(PATIENCE)
                number = sum(path == self.path for _, path, _, _ in outer.requests)
                status, text = outer.answers.get(self.path, nothing)(number)
                moved = {"Location": text.decode()} if status in (301, 302) else {}
                self.answer(status, b"" if moved else text, {"x-custom-header": "Some", **moved})

            do_GET = do_POST = do_PUT = ask

        self.handler = Handler
        self.url = ""

    def says(self, path: str, text: str = "", status: int = 200) -> str:
        self.answers[path] = lambda _: (status, text.encode())
        return f"{self.url}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    with serving(made.handler) as made.url:
        yield made
        made.gate.set()


class Agent:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = VirtualClock()
        self.secrets = {("argo", "s", "token"): Secret(CANARY.encode())}
        self.plugins: list[Plugin] = []
        self.woken = threading.Semaphore(0)
        self.restart()

    def restart(self) -> None:
        self.runtime = AgentRuntime(
            str(self.home),
            self.clock,
            secret=lambda *key: self.secrets.get(key),
            plugins=lambda _namespace, _workflow: self.plugins,
            woken=self.woken.release,
            options={"home": str(self.home / "data")},
        )

    def start(self, template: JsonObject, name: str = "") -> PodKey:
        key = PodKey(UID, NodeId(name or f"n-{self.clock.suffix()}"))
        self.runtime.start(
            PodRequest(
                key=key,
                workflow="wf",
                namespace="argo",
                node_name=NodeName("wf"),
                pod_name="",
                manifest={},
                template={"name": "t", **template},
            )
        )
        return key

    def ended(self, *keys: PodKey) -> list[PodReport]:
        found: dict[PodKey, PodReport] = {}
        while len(found) < len(keys):
            reports = self.runtime.poll(20)
            assert reports, "nothing was reported"
            found.update({report.key: report for report in reports if report.phase in ("Succeeded", "Failed", "Error")})
        return [found[key] for key in keys]

    def http(self, url: str, **fields: JsonValue) -> PodReport:
        return self.ended(self.start({"http": {"url": url, **fields}}))[0]


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    made = Agent(tmp_path)
    yield made
    made.runtime.close()


def outcome(report: PodReport) -> tuple[str, str, str | None]:
    assert report.outputs is not None
    assert report.containers == ()
    return report.phase, report.message, report.outputs.result


class TestHttp:
    def test_success_and_failure_by_status(self, agent: Agent, server: Server) -> None:
        assert outcome(agent.http(server.says("/a", "body\n"))) == ("Succeeded", "", "body\n")
        assert outcome(agent.http(server.says("/b", "no", 503))) == (
            "Failed",
            "received non-2xx response code: 503",
            "no",
        )

    def test_method_headers_and_body_arrive(self, agent: Agent, server: Server) -> None:
        headers: JsonValue = [{"name": "X-A", "value": "1"}, {"name": "Host", "value": "example.org"}]
        agent.http(server.says("/a"), method="POST", headers=headers, body="text")
        agent.http(server.says("/a"), method="PUT", bodyFrom={"bytes": base64.b64encode(b"\x00\xff").decode()})
        (first, _, sent, body), (second, _, _, raw) = server.requests
        assert (first, sent["X-A"], sent["Host"], body) == ("POST", "1", "example.org", b"text")
        assert (second, raw) == ("PUT", b"\x00\xff")

    def test_condition_decides(self, agent: Agent, server: Server) -> None:
        url = server.says("/a", "ok", 404)
        good = "response.statusCode == 404 && response.body contains 'ok' && request.method == 'GET'"
        assert outcome(agent.http(url, successCondition=good)) == ("Succeeded", "", "ok")
        header = "response.headers['X-Custom-Header'][0] == 'None'"
        assert outcome(agent.http(url, successCondition=header)) == (
            "Failed",
            f"successCondition '{header}' evaluated false",
            "ok",
        )
        assert outcome(agent.http(url, successCondition="nonsense("))[0] == "Failed"

    def test_redirects_are_followed(self, agent: Agent, server: Server) -> None:
        target = server.says("/target", "there")
        assert outcome(agent.http(server.says("/from", target, 302))) == ("Succeeded", "", "there")
        report = agent.http(server.says("/round", f"{server.url}/round", 302))
        assert report.message == f'Get "{server.url}/round": stopped after 10 redirects'

    @pytest.mark.parametrize(
        ("url", "text"),
        [
            ("http://127.0.0.1:1/", 'Get "http://127.0.0.1:1/": connect: connection refused'),
            ("ftp://127.0.0.1/", 'Get "ftp://127.0.0.1/": unsupported protocol scheme'),
            ("http://no-such-host.invalid/", "no such host"),
            ("http://169.254.169.254/latest/meta-data", "may not be reached from a step"),
            ("http://[fe80::1]/", "may not be reached from a step"),
            ("http://[::ffff:169.254.169.254]/", "may not be reached from a step"),
            ("http://[64:ff9b::a9fe:a9fe]/", "may not be reached from a step"),
            ("http://[64:ff9b:1::a9fe:a9fe]/", "may not be reached from a step"),
            ("http://[64:ff9b:1:a9fe:a9:fe00::]/", "may not be reached from a step"),
            ("http://[64:ff9b:1:a9:fe:a9fe::]/", "may not be reached from a step"),
            ("http://[64:ff9b:1:1:a9:fea9:fe00:0]/", "may not be reached from a step"),
            ("http://[2002:a9fe:a9fe::1]/", "may not be reached from a step"),
            ("http://[2001:0:a9fe:a9fe::1]/", "may not be reached from a step"),
            ("http://[::a9fe:a9fe]/", "may not be reached from a step"),
            ("", "unsupported protocol scheme"),
            ("http://[", "no such host"),
            ("http://a b/", "no such host"),
        ],
    )
    def test_what_cannot_be_reached_is_said(self, agent: Agent, url: str, text: str) -> None:
        report = agent.http(url)
        assert report.phase == "Failed"
        assert text in report.message

    def test_redirect_to_a_refused_address_is_refused(
        self, agent: Agent, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = agent.http(server.says("/a", "http://169.254.169.254/", 302))
        assert "may not be reached from a step" in report.message
        network = ipaddress.ip_network("127.0.0.0/8")
        transport = guard.GuardedTransport(verify=True, refused=(network,))
        with httpx.Client(transport=transport) as client, pytest.raises(guard.RefusedAddressError):
            client.get(server.says("/b").replace("127.0.0.1", "localhost"))
        assert [path for _, path, _, _ in server.requests] == ["/a"]

    def test_timeout_is_kept(self, agent: Agent, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        server.gate.clear()
        monkeypatch.setattr(http_work, "DEFAULT_SECONDS", 0.05)
        report = agent.http(server.says("/wait"))
        assert report.message.endswith("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")

    def test_large_body_fails_the_node(self, agent: Agent, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http_work, "LARGEST_BODY", 1 << 20)
        report = agent.http(server.says("/a", "x" * ((1 << 20) + 1)))
        assert report.message == "the body of the answer is larger than 1 MiB"

    def test_several_run_at_once(self, agent: Agent, server: Server) -> None:
        server.gate.clear()
        keys = [agent.start({"http": {"url": server.says(f"/wait/{number}", str(number))}}) for number in range(8)]
        for _ in keys:
            assert server.arrived.acquire(timeout=PATIENCE)
        server.gate.set()
        reports = agent.ended(*keys)
        assert [report.outputs and report.outputs.result for report in reports] == [str(number) for number in range(8)]
        assert agent.woken.acquire(timeout=PATIENCE)


class TestSecrets:
    def headers(self, key: str = "token", **more: JsonValue) -> JsonValue:
        reference: JsonObject = {"name": "s", "key": key, **more}
        return [{"name": "Authorization", "valueFrom": {"secretKeyRef": reference}}]

    def test_secret_is_sent_and_nowhere_else(self, agent: Agent, server: Server) -> None:
        report = agent.http(server.says("/a", "fine"), headers=self.headers())
        assert server.requests[0][2]["Authorization"] == CANARY
        assert CANARY not in repr(report)
        assert all(CANARY.encode() not in path.read_bytes() for path in agent.home.rglob("*.json"))
        wrong = agent.http(f"http://127.0.0.1:1/{CANARY}", headers=self.headers())
        assert wrong.message == 'Get "http://127.0.0.1:1/***": connect: connection refused'

    def test_missing_secret_fails_the_node(self, agent: Agent, server: Server) -> None:
        report = agent.http(server.says("/a"), headers=self.headers("none"))
        assert outcome(report) == ("Failed", 'secrets "s" not found, or it has no key "none"', None)
        assert server.requests == []
        assert agent.http(server.says("/a"), headers=self.headers("none", optional=True)).phase == "Succeeded"


class TestTakeOver:
    def test_ended_request_is_not_sent_again(self, agent: Agent, server: Server) -> None:
        first = agent.http(server.says("/a", "x"))
        agent.restart()
        agent.runtime.attach(UID)
        assert list(agent.runtime.poll(0)) == [first]
        assert len(server.requests) == 1

    @pytest.mark.parametrize(("method", "phase", "times"), [("GET", "Succeeded", 2), ("POST", "Error", 1)])
    def test_request_under_way(self, agent: Agent, server: Server, method: str, phase: str, times: int) -> None:
        key = agent.start({"http": {"url": server.says("/a"), "method": method}})
        agent.ended(key)
        path = next(agent.home.rglob("*.json"))
        record = msgspec.json.decode(path.read_bytes())
        record["state"], record["phase"] = "sending", "Running"
        path.write_bytes(msgspec.json.encode(record))
        agent.restart()
        agent.runtime.attach(UID)
        assert agent.ended(key)[0].phase == phase
        assert len(server.requests) == times

    def test_killed_node_ends_at_once(self, agent: Agent, server: Server) -> None:
        server.gate.clear()
        key = agent.start({"http": {"url": server.says("/wait")}})
        assert server.arrived.acquire(timeout=PATIENCE)
        agent.runtime.kill(key, 30)
        assert agent.ended(key)[0].phase == "Failed"
        server.gate.set()
        agent.runtime.remove(UID)
        assert list(agent.home.rglob("*.json")) == []


class TestPlugins:
    PATH = "/api/v1/template.execute"

    def use(self, agent: Agent, server: Server, *replies: tuple[int, JsonObject]) -> None:
        agent.plugins = [Plugin("p", server.url, "t0ken")]
        server.answers[self.PATH] = lambda number: (
            replies[min(number, len(replies)) - 1][0],
            json.dumps(replies[min(number, len(replies)) - 1][1]).encode(),
        )

    def test_plugin_decides(self, agent: Agent, server: Server) -> None:
        node: JsonObject = {
            "phase": "Succeeded",
            "message": "done",
            "outputs": {"parameters": [{"name": "a", "value": "1"}], "result": "r"},
        }
        self.use(agent, server, (200, {"node": node}))
        (report,) = agent.ended(agent.start({"plugin": {"hello": {}}}))
        assert outcome(report) == ("Succeeded", "done", "r")
        assert report.outputs is not None and report.outputs.parameters == (("a", "1"),)
        _, _, headers, body = server.requests[0]
        assert headers["Authorization"] == "Bearer t0ken"
        assert json.loads(body) == {
            "workflow": {"metadata": {"name": "wf", "namespace": "argo", "uid": UID}},
            "template": {"name": "t", "plugin": {"hello": {}}},
        }

    def test_requeue_asks_again_later(self, agent: Agent, server: Server) -> None:
        running: JsonObject = {"phase": "Running", "message": "half", "progress": "1/2"}
        self.use(agent, server, (200, {"node": running, "requeue": "90s"}), (200, {"node": {"phase": "Succeeded"}}))
        key = agent.start({"plugin": {"hello": {}}})
        while (report := agent.runtime.poll(20)[0]).message != "half":
            pass
        assert (report.phase, report.progress) == ("Running", "1/2")
        agent.clock.advance(89)
        assert agent.runtime.poll(0) == ()
        assert len(server.requests) == 1
        agent.clock.advance(1)
        assert agent.ended(key)[0].phase == "Succeeded"

    def test_unavailable_plugin_is_asked_again(self, agent: Agent, server: Server) -> None:
        self.use(agent, server, (503, {}), (200, {"node": {"phase": "Failed", "message": "no"}}))
        key = agent.start({"plugin": {"hello": {}}})
        while agent.runtime.poll(20)[0].message != "the plugin p is not ready":
            pass
        agent.clock.advance(5)
        assert outcome(agent.ended(key)[0]) == ("Failed", "no", None)

    def test_nobody_executes_it(self, agent: Agent, server: Server) -> None:
        none = ("Failed", "no plugin executed the template", None)
        assert outcome(agent.ended(agent.start({"plugin": {"hello": {}}}))[0]) == none
        self.use(agent, server, (404, {}))
        assert outcome(agent.ended(agent.start({"plugin": {"hello": {}}}))[0]) == none
        assert outcome(agent.ended(agent.start({"plugin": {"hello": {}}}))[0]) == none
        assert len(server.requests) == 1, "a plugin that says 404 is not asked again"
        agent.restart()
        self.use(agent, server, (200, {}))
        assert outcome(agent.ended(agent.start({"plugin": {"hello": {}}}))[0]) == none

    def test_a_plugin_whose_pod_is_over_answers_no_more(self, agent: Agent) -> None:
        agent.plugins = [Plugin("p", "", "t0ken", "exit code 3")]
        (report,) = agent.ended(agent.start({"plugin": {"hello": {}}}))
        assert (report.phase, report.message) == ("Error", 'agent pod failed with reason:"exit code 3"')

    @pytest.mark.parametrize(("status", "text"), [(500, "plugin p: 500"), (200, "plugin p: the answer is not JSON")])
    def test_broken_plugin_fails_the_node(self, agent: Agent, server: Server, status: int, text: str) -> None:
        agent.plugins = [Plugin("p", server.url, "t0ken")]
        server.says(self.PATH, "{", status)
        (report,) = agent.ended(agent.start({"plugin": {"hello": {}}}))
        assert report.phase == "Failed" and text in report.message


class TestData:
    def run(self, agent: Agent, source: JsonObject, *expressions: str) -> PodReport:
        steps: JsonValue = [{"expression": expression} for expression in expressions]
        return agent.ended(agent.start({"data": {"source": source, "transformation": steps}}))[0]

    def test_source_is_needed(self, agent: Agent) -> None:
        report = self.run(agent, {}, "data")
        (main,) = report.containers
        assert (report.phase, main.exit_code) == ("Failed", 64)
        assert main.message == "unable to process data source: no valid source is used for data template"

    def test_paths_are_listed_and_transformed(self, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
        from tiphys.adapters.runtimes.agent import data
        from tiphys.ports.artifacts import Entry

        class Listing:
            def list(self, location: object) -> list[Entry]:
                return [Entry(path="a.pdf", size=1), Entry(path="b/c.txt", size=2)]

        monkeypatch.setattr(data, "driver_for", lambda *_: Listing())
        source: JsonObject = {"artifactPaths": {"name": "x", "s3": {"bucket": "b", "key": "dir/"}}}
        report = self.run(agent, source, "filter(data, {# endsWith '.pdf'})", "map(data, {{'p': #}})")
        assert report.outputs is not None and report.outputs.result == '[{"p":"dir/a.pdf"}]'
        (main,) = self.run(agent, source, "data", "data + 1").containers
        assert main.message.startswith("unable to process data transformation: error processing data step 1: ")
