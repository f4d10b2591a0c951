"""Templates that run without containers of their own: http, plugin, resource, data (``spec/engine.md`` 19, 20)."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import Container, PodChanged
from tiphys.ids import NodeId

NONE = NodeId("")

LEAVES = """
- name: call
  inputs: {parameters: [{name: path, default: "/"}]}
  http:
    url: "http://host{{inputs.parameters.path}}"
    headers: [{name: x, valueFrom: {secretKeyRef: {name: s, key: k}}}]
- name: plug
  plugin: {hello: {word: "{{workflow.name}}"}}
  outputs: {parameters: [{name: p, valueFrom: {supplied: {}}}]}
- name: make
  serviceAccountName: maker
  resource: {action: create, manifest: "kind: X # {{node.name}}", successCondition: "status.phase == Done"}
  outputs: {parameters: [{name: uid, valueFrom: {jsonPath: "{.metadata.uid}"}}]}
- name: paths
  data:
    source: {artifactPaths: {name: in, s3: {bucket: b}}}
    transformation: [{expression: "filter(data, {# endsWith '.pdf'})"}]
"""


def test_an_http_step_waits_as_pending_and_gives_its_body(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: call, template: call, arguments: {parameters: [{name: path, value: /x}]}}
        - - {name: t, template: echo, arguments: {parameters: [{name: m, value: "{{steps.call.outputs.result}}"}]}}
        """,
        more=LEAVES,
        name="web",
    )
    node = book.node("call")
    assert (node.id, node.type, node.phase, node.task_result_synced) == ("web-3061549637", "HTTP", "Pending", None)
    command = book.pod("call")
    assert (command.manifest, command.capture_result, command.files) == ({}, True, ())
    assert command.template["http"] == {
        "url": "http://host/x",
        "headers": [{"name": "x", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
    }
    book.tell("call", PodChanged(node_id=NONE, phase="Succeeded", result="body"))
    node = book.node("call")
    assert node.outputs is not None and (node.outputs.result, node.outputs.exit_code) == ("body", None)
    assert book.main("t")["command"] == ["echo", "body"]
    book.succeed("t")
    assert (book.phase, book.workflow.progress) == ("Succeeded", "2/2")


def test_an_http_step_that_fails_says_why(tell: Tell) -> None:
    book = tell("steps: [[{name: call, template: call}]]", more=LEAVES, name="web")
    book.report("call", "Failed", message="received non-2xx response code: 404")
    assert book.node("call").message == "received non-2xx response code: 404"
    assert book.message == "child 'web-3061549637' failed"


def test_several_requests_run_side_by_side_and_a_retry_asks_again(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: call}, {name: b, template: again}]]",
        more=LEAVES + '- name: again\n  retryStrategy: {limit: 1}\n  http: {url: "http://host"}\n',
    )
    assert book.started == ["a", "b(0)"]
    book.report("b(0)", "Failed", message="received non-2xx response code: 500")
    book.report("a", "Succeeded")
    book.report("b(1)", "Succeeded")
    assert {name: phase for name, phase in book.phases().items() if ".b" in name} == {
        "wf[0].b": "Succeeded",
        "wf[0].b(0)": "Failed",
        "wf[0].b(1)": "Succeeded",
    }


def test_stopping_ends_a_request(tell: Tell) -> None:
    book = tell("steps: [[{name: call, template: call}]]", more=LEAVES)
    pod = book.find("call")
    book.shut_down("Stop")
    assert (book.node("call").message, book.killed) == ("Stopped with strategy 'Stop'", [pod])
    assert book.message == "Stopped with strategy 'Stop'"


def test_a_request_does_not_outlive_the_workflow_s_deadline(tell: Tell) -> None:
    book = tell("steps: [[{name: call, template: call}]]", more=LEAVES, spec="activeDeadlineSeconds: 10")
    book.advance(seconds=10)
    assert (book.node("call").phase, book.node("call").message) == ("Failed", "Step exceeded its deadline")


def test_a_plugin_reports_progress_messages_and_any_outputs(tell: Tell) -> None:
    book = tell("steps: [[{name: p, template: plug}]]", more=LEAVES)
    assert book.pod("p").template["plugin"] == {"hello": {"word": "wf"}}
    book.tell("p", PodChanged(node_id=NONE, phase="Running", message="half way", progress="2/4"))
    node = book.node("p")
    assert (node.type, node.phase, node.message, node.progress) == ("Plugin", "Running", "half way", "2/4")
    assert (book.workflow.progress, book.node("wf").progress) == ("2/4", "2/4")
    parameters = (("p", "1"), ("extra", "2"))
    book.tell("p", PodChanged(node_id=NONE, phase="Succeeded", message="done", parameters=parameters, result="r"))
    node = book.node("p")
    assert (node.phase, node.message, node.progress) == ("Succeeded", "done", "4/4")
    assert node.outputs is not None and node.outputs.result == "r"
    assert [(item.name, item.value) for item in node.outputs.parameters or ()] == [("p", "1"), ("extra", "2")]


def test_an_error_of_a_runtime_is_the_node_s(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: p, template: plug}]}", more=LEAVES)
    book.report("p", "Error", message="agent pod failed")
    assert (book.node("p").phase, book.node("p").message, book.phase) == ("Error", "agent pod failed", "Error")


def test_a_resource_step_is_a_pod_without_containers_that_acts_for_its_service_account(tell: Tell) -> None:
    book = tell("steps: [[{name: r, template: make}]]", more=LEAVES, spec="serviceAccountName: other")
    command = book.pod("r")
    assert (command.service_account, command.template["resource"]) == (
        "maker",
        {"action": "create", "manifest": "kind: X # wf[0].r", "successCondition": "status.phase == Done"},
    )
    spec = command.manifest["spec"]
    assert isinstance(spec, dict) and (spec["containers"], spec["serviceAccountName"]) == ([], "maker")
    assert book.node("r").type == "Pod" and book.node("r").task_result_synced
    book.tell("r", PodChanged(node_id=NONE, phase="Succeeded", parameters=(("uid", "42"),)))
    outputs = book.node("r").outputs
    assert outputs is not None and [(p.name, p.value) for p in outputs.parameters or ()] == [("uid", "42")]
    assert book.phase == "Succeeded"


def test_a_resource_step_that_fails_says_why(tell: Tell) -> None:
    book = tell("steps: [[{name: r, template: make}]]", more=LEAVES)
    book.report("r", "Failed", message="failure condition '{status.phase == [Failed]}' evaluated true")
    assert book.node("r").phase == "Failed"
    assert book.node("r").message == "failure condition '{status.phase == [Failed]}' evaluated true"


def test_a_data_step_gives_its_result_to_a_loop(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: d, template: paths}
        - - name: each
            template: echo
            withParam: "{{steps.d.outputs.result}}"
            arguments: {parameters: [{name: m, value: "{{item}}"}]}
        """,
        more=LEAVES,
    )
    assert book.pod("d").capture_result
    book.tell("d", PodChanged(node_id=NONE, phase="Succeeded", result='["a.pdf","b.pdf"]'))
    assert book.started == ["each(0:a.pdf)", "each(1:b.pdf)"]


def test_progress_that_is_none_says_nothing_and_the_template_may_state_the_first(tell: Tell) -> None:
    book = tell("metadata: {annotations: {workflows.argoproj.io/progress: 0/100}}\ncontainer: {image: i, command: [x]}")
    assert (book.node("wf").progress, book.workflow.progress) == ("0/100", "0/100")
    for text in ("5/3", "x", "-1/2", "1/0"):
        book.tell("wf", PodChanged(node_id=NONE, phase="Running", progress=text))
    assert book.node("wf").progress == "0/100"
    book.tell("wf", PodChanged(node_id=NONE, phase="Running", progress="25/100"))
    assert book.workflow.progress == "25/100"
    book.fail("wf")
    assert (book.node("wf").progress, book.workflow.progress) == ("25/100", "25/100")


def test_resources_are_counted_by_reservation_and_time_and_summed_upwards(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: big}, {name: b, template: echo}]]",
        more="""
        - name: big
          container:
            image: i
            command: [x]
            resources: {requests: {cpu: "1", memory: 64Mi}, limits: {cpu: "2", nvidia.com/gpu: "1"}}
        """,
    )
    book.succeed("a", "b", seconds=20)
    big = {"cpu": 40, "memory": 12, "nvidia.com/gpu": 20}
    small = {"cpu": 2, "memory": 20}
    assert book.node("a").resources_duration == big and book.node("b").resources_duration == small
    total = {"cpu": 42, "memory": 32, "nvidia.com/gpu": 20}
    assert book.node("wf").resources_duration == total and dict(book.workflow.resources_duration) == total
    assert msgspec.to_builtins(book.node("[0]"))["resourcesDuration"] == total


def test_what_is_reserved_for_a_whole_pod_counts_once(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: own}, {name: b, template: echo}]]",
        spec="podResources: {requests: {cpu: 4}}",
        more="""
        - name: own
          podResources: {limits: {cpu: 2, memory: 200Mi}}
          container: {image: i, command: [x], resources: {limits: {cpu: 1}}}
          sidecars: [{name: s, image: i}, {name: t, image: i}]
        """,
    )
    end = book.now + timedelta(seconds=10)
    containers = [
        Container(name=name, exit_code=0, started_at=book.now, finished_at=end) for name in ("main", "s", "t")
    ]
    book.report("a", "Succeeded", *containers)
    book.report("b", "Succeeded", containers[0])
    # main: its own, then what nobody says; s: the pod's; t: what nobody says
    assert book.node("a").resources_duration == {"cpu": 10 + 20 + 1, "memory": 10 + 20 + 10}
    assert book.node("b").resources_duration == {"cpu": 40, "memory": 10}


def test_the_name_of_the_step_is_empty_where_no_step_calls(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: said, hooks: {exit: {template: said}}}]]",
        spec="onExit: said",
        more='- {name: said, container: {image: i, command: [x], args: ["<{{steps.name}}>"]}}',
    )
    book.succeed("a")
    book.succeed("a.onExit")
    said = {name: book.main(name)["args"] for name in ("a", "a.onExit", "wf.onExit")}
    assert said == {"a": ["<a>"], "a.onExit": ["<>"], "wf.onExit": ["<>"]}
    assert tell('container: {image: i, command: [x], args: ["<{{steps.name}}>"]}').main("wf")["args"] == ["<>"]


def test_groups_count_the_resources_of_their_pods_even_when_they_are_nothing(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: special, template: special}
        - - {name: plain, template: echo}
        """,
        more="""
        - name: special
          container: {image: i, command: [x], resources: {limits: {example.com/gpu: "1"}}}
        """,
    )
    book.succeed("special", seconds=3)
    book.succeed("plain")
    assert book.node("[1]").resources_duration == {"cpu": 0, "memory": 0}
    assert (book.node("wf").resources_duration or {}).keys() == {"cpu", "memory", "example.com/gpu"}
