"""Container sets, sidecars and init containers (``spec/engine.md`` 10.4, 20.2)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import Container
from tiphys.testing.playbook import Playbook

SET = """
containerSet:
  volumeMounts: [{name: work, mountPath: /work}]
  containers:
  - {name: a, image: i, command: [a]}
  - {name: b, image: i, command: [b], dependencies: [a], volumeMounts: [{name: own, mountPath: /own}]}
volumes: [{name: work, emptyDir: {}}, {name: own, emptyDir: {}}, {name: unused, emptyDir: {}}]
"""


def ended(name: str, code: int = 0, reason: str = "", message: str = "", role: str = "main") -> Container:
    """A container that ended."""
    shown = reason or ("Error" if code else "Completed")
    return Container(name=name, exit_code=code, reason=shown, message=message, role=role)


def running(name: str) -> Container:
    """A container that runs."""
    return Container(name=name, state="running")


def texts(book: Playbook) -> dict[str, tuple[str, str | None]]:
    """Phase and message of every node."""
    return {name: (node.phase or "", node.message) for name, node in book.nodes().items()}


def test_each_container_is_a_node_below_the_pod_and_its_dependencies(tell: Tell) -> None:
    book = tell(SET, name="cs")
    nodes = book.nodes()
    assert {name: (node.id, node.type, node.boundary_id) for name, node in nodes.items()} == {
        "cs": ("cs", "Pod", None),
        "cs.a": ("cs-3873104626", "Container", "cs"),
        "cs.b": ("cs-3856327007", "Container", "cs"),
    }
    assert nodes["cs"].children == ("cs-3873104626",) and nodes["cs.a"].children == ("cs-3856327007",)
    manifest = book.pod("cs").manifest
    spec = manifest["spec"]
    assert isinstance(spec, dict) and isinstance(spec["containers"], list)
    mounts = {str(c["name"]): c["volumeMounts"] for c in spec["containers"] if isinstance(c, dict)}
    work, own = {"name": "work", "mountPath": "/work"}, {"name": "own", "mountPath": "/own"}
    assert mounts == {"a": [work], "b": [own, work]}
    assert spec["volumes"] == [{"name": "work", "emptyDir": {}}, {"name": "own", "emptyDir": {}}]
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict) and isinstance(metadata["annotations"], dict)
    assert metadata["annotations"]["tiphys.dev/container-set"] == '{"a": [], "b": ["a"]}'
    assert metadata["annotations"]["kubectl.kubernetes.io/default-container"] == "b"


def test_pod_and_containers_all_count_in_the_progress(tell: Tell) -> None:
    book = tell(SET)
    book.report("wf", "Running", running("a"), Container(name="b", state="waiting"))
    assert book.phases() == {"wf": "Running", "wf.a": "Running", "wf.b": "Pending"}
    book.report("wf", "Running", ended("a"), running("b"))
    assert (book.phases()["wf.a"], book.workflow.progress) == ("Succeeded", "1/3")
    book.report("wf", "Succeeded", ended("a"), ended("b"))
    assert (book.phase, book.workflow.progress) == ("Succeeded", "3/3")
    assert book.node("wf").outputs is None


def test_a_container_whose_dependency_failed_is_an_error_and_the_first_to_blame_names_the_pod(tell: Tell) -> None:
    book = tell(SET)
    late = 'dependency "a" exited with non-zero code: 3'
    book.report("wf", "Failed", ended("a", 3), ended("b", 64, message=late))
    assert texts(book) == {
        "wf": ("Failed", "a: Error (exit code 3)"),
        "wf.a": ("Failed", "a: Error (exit code 3)"),
        "wf.b": ("Error", f"b: Error (exit code 64): {late}"),
    }


def test_containers_of_a_pod_that_ends_before_them_end_with_it(tell: Tell) -> None:
    book = tell(SET)
    book.report("wf", "Running", running("a"), Container(name="b", state="waiting"))
    book.lose("wf")
    assert texts(book) == {
        "wf": ("Error", "pod deleted"),
        "wf.a": ("Error", "container deleted"),
        "wf.b": ("Error", "container deleted"),
    }


def test_stopping_gives_containers_the_message_of_their_pod(tell: Tell) -> None:
    book = tell(SET)
    book.begin("wf")
    book.shut_down("Stop")
    assert set(texts(book).values()) == {("Failed", "workflow shutdown with strategy:  Stop")}


def test_followers_hang_below_the_last_containers(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: s, template: set}], [{name: after, template: echo}]]",
        more=f"- name: set\n{''.join(f'  {line}' + chr(10) for line in SET.strip().splitlines())}",
    )
    book.report("s", "Succeeded", ended("a"), ended("b"))
    nodes = book.nodes()
    assert nodes["wf[0].s.b"].children == (nodes["wf[1]"].id,)
    assert nodes["wf[0].s"].children == (nodes["wf[0].s.a"].id,)


def test_every_attempt_has_containers_of_its_own(tell: Tell) -> None:
    book = tell("retryStrategy: {limit: 1}\n" + SET)
    book.report("wf(0)", "Failed", ended("a", 1), ended("b", 64))
    book.report("wf(1)", "Succeeded", ended("a"), ended("b"))
    flags = {name: bool(node.node_flag and node.node_flag.retried) for name, node in book.nodes().items()}
    assert flags == {
        name: name != "wf" for name in ("wf", "wf(0)", "wf(0).a", "wf(0).b", "wf(1)", "wf(1).a", "wf(1).b")
    }
    assert (book.phase, book.workflow.progress) == ("Succeeded", "3/6")


def test_main_of_a_set_gives_result_and_exit_code(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: s, template: set}
        - - {name: t, template: echo, arguments: {parameters: [{name: m, value: "{{steps.s.outputs.result}}"}]}}
        """,
        more="""
        - name: set
          containerSet: {containers: [{name: main, image: i, command: [a]}, {name: b, image: i, command: [b]}]}
        """,
    )
    assert book.pod("s").capture_result
    book.report("s", "Succeeded", ended("main"), ended("b"), result="42")
    outputs = book.node("s").outputs
    assert outputs is not None and (outputs.result, outputs.exit_code) == ("42", "0")
    assert book.main("t")["command"] == ["echo", "42"]


MORE = """
container: {image: i, command: [main], volumeMounts: [{name: work, mountPath: /work}]}
sidecars: [{name: side, image: i, command: [s], mirrorVolumeMounts: true}, {name: plain, image: i, command: [p]}]
initContainers: [{name: first, image: i, command: [f], mirrorVolumeMounts: true}]
volumes: [{name: work, emptyDir: {}}]
"""


def test_sidecars_and_init_containers_may_mirror_the_mounts_of_main(tell: Tell) -> None:
    spec = tell(MORE).pod("wf").manifest["spec"]
    assert isinstance(spec, dict)
    mounts = [{"name": "work", "mountPath": "/work"}]
    containers = spec["containers"]
    assert isinstance(containers, list)
    assert containers[1:] == [
        {"name": "side", "image": "i", "command": ["s"], "volumeMounts": mounts},
        {"name": "plain", "image": "i", "command": ["p"]},
    ]
    assert spec["initContainers"] == [{"name": "first", "image": "i", "command": ["f"], "volumeMounts": mounts}]


def test_a_sidecar_that_was_killed_does_no_harm_and_one_that_failed_does(tell: Tell) -> None:
    book = tell(MORE)
    book.report("wf", "Failed", ended("main"), ended("side", 137, role="sidecar"))
    assert book.phase == "Succeeded"
    other = tell(MORE)
    other.report("wf", "Failed", ended("main"), ended("side", 2, role="sidecar"))
    assert (other.phase, other.message) == ("Failed", "side: Error (exit code 2)")


def test_an_init_container_that_fails_is_an_error(tell: Tell) -> None:
    book = tell(MORE)
    waiting = Container(name="main", state="waiting", reason="PodInitializing")
    book.report("wf", "Failed", waiting, ended("first", 1, role="init"))
    assert (book.phase, book.message) == ("Error", "first: Error (exit code 1)")


def test_a_mount_of_a_volume_that_nobody_declares_is_an_error(tell: Tell) -> None:
    book = tell("container: {image: i, command: [m], volumeMounts: [{name: none, mountPath: /x}]}")
    assert (book.phase, book.message) == (
        "Error",
        "error in entry template execution: volume 'none' not found in workflow spec",
    )
