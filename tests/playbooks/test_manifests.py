"""What pods look like (``spec/engine.md`` 6.2, 10.1, 15.6; ``spec/features.md`` 17-19)."""

from __future__ import annotations

import textwrap
from typing import cast

import pytest

from tests.playbooks import story
from tests.playbooks.conftest import Tell
from tiphys.app.controller.rules import RunRules
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan.poddefaults import PodDefaults
from tiphys.ids import NodeId
from tiphys.testing.playbook import Playbook


def spec(book: Playbook, pod: str = "wf") -> JsonObject:
    """The spec of a pod."""
    return cast(JsonObject, book.pod(pod).manifest["spec"])


def metadata(book: Playbook, pod: str = "wf") -> JsonObject:
    """The metadata of a pod."""
    return cast(JsonObject, book.pod(pod).manifest["metadata"])


def test_fields_of_the_workflow_stand_in_for_those_of_the_template(tell: Tell) -> None:
    common = """
    nodeSelector: {a: wf}
    tolerations: [{key: wf}]
    schedulerName: wf
    podPriorityClassName: wf
    serviceAccountName: wf
    automountServiceAccountToken: false
    securityContext: {runAsUser: 1}
    hostNetwork: true
    dnsPolicy: Default
    dnsConfig: {nameservers: [ns]}
    imagePullSecrets: [{name: pull}]
    hostAliases: [{ip: 1.1.1.1, hostnames: [a]}]
    """
    plain = spec(tell("container: {image: i, command: [x]}", spec=common))
    assert {key: value for key, value in plain.items() if key not in {"containers", "restartPolicy"}} == {
        "nodeSelector": {"a": "wf"},
        "tolerations": [{"key": "wf"}],
        "schedulerName": "wf",
        "priorityClassName": "wf",
        "serviceAccountName": "wf",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsUser": 1},
        "hostNetwork": True,
        "dnsPolicy": "Default",
        "dnsConfig": {"nameservers": ["ns"]},
        "imagePullSecrets": [{"name": "pull"}],
        "hostAliases": [{"ip": "1.1.1.1", "hostnames": ["a"]}],
    }
    own = spec(
        tell(
            """
            nodeSelector: {a: own}
            schedulerName: own
            priorityClassName: own
            securityContext: {fsGroup: 2}
            hostAliases: [{ip: 2.2.2.2, hostnames: [b]}]
            container: {image: i, command: [x], tty: true, workingDir: "/{{workflow.name}}"}
            """,
            spec=common,
        )
    )
    assert (own["nodeSelector"], own["schedulerName"], own["priorityClassName"]) == ({"a": "own"}, "own", "own")
    assert own["securityContext"] == {"fsGroup": 2} and len(cast("list[JsonObject]", own["hostAliases"])) == 2
    main = cast("list[JsonObject]", own["containers"])[0]
    assert (main["tty"], main["workingDir"]) == (True, "/wf")


def test_a_script_is_its_container_with_the_source_as_the_last_argument(tell: Tell) -> None:
    fields = "image: i, command: [sh, -e], env: [{name: A, value: '1'}], workingDir: /w"
    book = tell(f"script: {{{fields}, source: echo}}")
    (main,) = cast("list[JsonObject]", spec(book)["containers"])
    env = cast("list[JsonObject]", main.pop("env"))
    assert env[0] == {"name": "A", "value": "1"}
    assert main == {
        "name": "main",
        "image": "i",
        "command": ["sh", "-e"],
        "args": ["/argo/staging/script"],
        "workingDir": "/w",
    }
    assert [staged.path for staged in book.pod("wf").files] == ["/argo/staging/script"]


def test_main_containers_have_what_the_configuration_says_where_their_templates_do_not(restoring: bool) -> None:
    defaults: JsonObject = {
        "imagePullPolicy": "Never",
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "env": [{"name": "A", "value": "default"}, {"name": "B", "value": "default"}],
    }
    text = """
      spec:
        entrypoint: main
        templates:
        - name: main
          container: {image: i, command: [x], env: [{name: A, value: own}], resources: {limits: {memory: 2Gi}}}
          sidecars: [{name: beside, image: i, command: [x]}]
    """
    rules = RunRules(pods=PodDefaults(main_container=defaults))
    book = Playbook(story.workflow(textwrap.dedent(text)), restoring=restoring, rules=rules)
    main, beside = cast("list[JsonObject]", spec(book)["containers"])
    env = {str(item["name"]): item["value"] for item in cast("list[JsonObject]", main["env"])}
    assert (main["name"], main["image"], main["imagePullPolicy"]) == ("main", "i", "Never")
    assert main["resources"] == {"limits": {"cpu": "1", "memory": "2Gi"}}
    assert (env["A"], env["B"], env["ARGO_CONTAINER_NAME"]) == ("own", "default", "main")
    assert beside == {"name": "beside", "image": "i", "command": ["x"]}


def test_a_pod_is_told_its_span_where_traces_are_sent(restoring: bool) -> None:
    text = "spec: {entrypoint: main, templates: [{name: main, container: {image: i, command: [x]}}]}"
    book = Playbook(story.workflow(text), restoring=restoring, rules=RunRules(pods=PodDefaults(traced=True)))
    (main,) = cast("list[JsonObject]", spec(book)["containers"])
    annotations = cast(JsonObject, metadata(book)["annotations"])
    trace, span = (annotations[f"workflows.argoproj.io/{name}-id"] for name in ("trace", "span"))
    assert cast("list[JsonObject]", main["env"])[-1] == {"name": "TRACEPARENT", "value": f"00-{trace}-{span}-01"}


def test_labels_and_annotations_say_whose_pod_it_is(tell: Tell) -> None:
    book = tell(
        """
        metadata: {labels: {own: "{{workflow.name}}"}, annotations: {note: "{{pod.name}}"}}
        container: {image: i, command: [x]}
        """,
        spec="podGC: {strategy: OnPodCompletion}\npodMetadata: {labels: {all: pods, own: other}}",
    )
    found = metadata(book)
    assert found["labels"] == {
        "own": "wf",
        "all": "pods",
        "workflows.argoproj.io/workflow": "wf",
        "workflows.argoproj.io/completed": "false",
    }
    assert found["annotations"] == {
        "note": "wf",
        "workflows.argoproj.io/node-name": "wf",
        "workflows.argoproj.io/node-id": "wf",
        "workflows.argoproj.io/pod-gc-strategy": "OnPodCompletion/5s",
        "kubectl.kubernetes.io/default-container": "main",
    }


@pytest.mark.parametrize(
    ("delay", "shown"), [("90s", "1m30s"), ("30", "30s"), ("1h", "1h0m0s"), ("0s", "0s"), ("soon", "5s")]
)
def test_the_delay_of_pod_gc_is_shown_as_go_writes_it(tell: Tell, delay: str, shown: str) -> None:
    spec = f"podGC: {{strategy: OnPodSuccess, deleteDelayDuration: '{delay}'}}"
    book = tell("container: {image: i, command: [x]}", spec=spec)
    annotations = metadata(book)["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["workflows.argoproj.io/pod-gc-strategy"] == f"OnPodSuccess/{shown}"


def test_the_template_s_patch_comes_after_the_workflow_s_and_both_may_hold_tags(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: cpu, value: "2"}]}
        podSpecPatch: '{"containers":[{"name":"main","resources":{"limits":{"cpu":"{{inputs.parameters.cpu}}"}}}]}'
        container: {image: i, command: [x], env: [{name: A, value: "1"}]}
        """,
        spec="""
        podSpecPatch: |
          terminationGracePeriodSeconds: 3
          containers:
          - name: main
            resources: {limits: {cpu: "9", memory: 1Gi}}
            env: [{name: A, value: "{{workflow.name}}"}, {name: B, value: b}]
        """,
    )
    found = spec(book)
    main = cast("list[JsonObject]", found["containers"])[0]
    assert main["resources"] == {"limits": {"cpu": "2", "memory": "1Gi"}}
    assert {name: book.env("wf")[name] for name in "AB"} == {"A": "wf", "B": "b"}
    assert found["terminationGracePeriodSeconds"] == 3


def test_a_patch_that_is_no_map_is_an_error_of_the_node(tell: Tell) -> None:
    book = tell('podSpecPatch: "- x"\ncontainer: {image: i, command: [x]}')
    assert book.phase == "Error"
    assert book.message == "error in entry template execution: podSpecPatch must be one map of fields of a pod's spec"


def test_a_claim_of_the_workflow_is_named_after_it(tell: Tell) -> None:
    book = tell(
        "container: {image: i, command: [x], volumeMounts: [{name: work, mountPath: /w}]}",
        spec="volumeClaimTemplates: [{metadata: {name: work}, spec: {accessModes: [ReadWriteOnce]}}]",
    )
    assert spec(book)["volumes"] == [{"name": "work", "persistentVolumeClaim": {"claimName": "wf-work"}}]


def test_attempts_avoid_the_hosts_of_failed_ones(tell: Tell) -> None:
    book = tell(
        """
        retryStrategy: {limit: 2, affinity: {nodeAntiAffinity: {}}}
        container: {image: i, command: [x]}
        """
    )
    failed = Container(name="main", exit_code=1)
    for attempt, host in enumerate(("one", "two")):
        event = PodChanged(node_id=NodeId(""), phase="Failed", containers=(failed,), host=host)
        book.tell(f"wf({attempt})", event)
    affinity = cast(JsonObject, spec(book, "wf(2)")["affinity"])
    assert affinity == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["one", "two"]}
                        ]
                    }
                ]
            }
        }
    }
    assert "affinity" not in spec(book, "wf(0)")


def test_the_account_of_a_pod_may_come_from_a_parameter(tell: Tell) -> None:
    book = tell(
        "container: {image: i, command: [x]}",
        spec='serviceAccountName: "{{workflow.parameters.sa}}"\narguments: {parameters: [{name: sa, value: robot}]}',
    )
    assert book.pod("wf").service_account == "robot"
