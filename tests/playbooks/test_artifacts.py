"""Artifacts between steps, tasks and the workflow (``spec/data.md`` 3.6, 4, 5, 8.3)."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.playbooks.conftest import Tell
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.testing.playbook import Playbook

TEMPLATES = """
- name: make
  container: {image: a, command: [make]}
  outputs: {artifacts: [{name: out, path: /tmp/out}]}
- name: use
  inputs: {artifacts: [{name: in, path: /in, mode: 0644}]}
  container: {image: a, command: [cat, "{{inputs.artifacts.in.path}}"]}
- name: maybe
  inputs: {artifacts: [{name: in, path: /in, optional: true}]}
  container: {image: a, command: [cat]}
"""


def shown(artifacts: tuple[Artifact, ...] | None) -> JsonValue:
    """Artifacts as JSON."""
    return list(msgspec.to_builtins(artifacts or ()))


def outputs(book: Playbook, node: str) -> JsonValue:
    """The output artifacts that a node shows."""
    found = book.node(node).outputs
    return shown(found.artifacts) if found is not None else None


def staged(book: Playbook, pod: str) -> JsonValue:
    """What a pod is given."""
    return list(book.pod(pod).input_artifacts)


def test_an_output_lies_below_the_pod_s_name_and_goes_on_to_a_later_step(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: make}
        - - name: b
            template: use
            arguments: {artifacts: [{name: in, from: "{{steps.a.outputs.artifacts.out}}"}]}
        """,
        more=TEMPLATES,
    )
    key = f"default/wf/uid-1/{book.pod('a').pod_name}/out.tgz"
    assert book.pod("a").output_artifacts == ({"name": "out", "path": "/tmp/out", "file": {"key": key}},)
    book.succeed("a")
    assert outputs(book, "a") == [{"name": "out", "path": "/tmp/out", "file": {"key": key}}]
    assert staged(book, "b") == [{"name": "in", "path": "/in", "mode": 420, "file": {"key": key}}]
    assert book.main("b")["command"] == ["cat", "/in"]
    inputs = book.node("b").inputs
    assert inputs is not None and shown(inputs.artifacts) == staged(book, "b")
    book.succeed("b")
    assert book.phase == "Succeeded"


def test_the_archive_decides_the_file_name(tell: Tell) -> None:
    book = tell(
        """
        container: {image: a, command: [make]}
        outputs:
          artifacts:
          - {name: t, path: /tmp/t, archive: {tar: {compressionLevel: 0}}}
          - {name: z, path: /tmp/z, archive: {zip: {}}}
          - {name: p, path: /tmp/plain.txt, archive: {none: {}}}
          - {name: s, path: /tmp/s, s3: {key: "my/{{pod.name}}"}}
          - {name: w, path: /tmp/w, s3: {endpoint: e, bucket: b, key: k}}
        """
    )
    keys = {str(item["name"]): item.get("file") or item.get("s3") for item in book.pod("wf").output_artifacts}
    assert keys == {
        "t": {"key": "default/wf/uid-1/wf/t.tgz"},
        "z": {"key": "default/wf/uid-1/wf/z.zip"},
        "p": {"key": "default/wf/uid-1/wf/plain.txt"},
        "s": {"key": "my/wf"},
        "w": {"endpoint": "e", "bucket": "b", "key": "k"},
    }


def test_artifacts_of_the_workflow_and_raw_ones_reach_the_entry(tell: Tell) -> None:
    book = tell(
        """
        inputs:
          parameters: [{name: who, value: you}]
          artifacts:
          - {name: in, path: /in}
          - {name: text, path: /text, raw: {data: "hello {{inputs.parameters.who}}"}}
        container: {image: a, command: [cat]}
        """,
        spec='arguments: {artifacts: [{name: in, http: {url: "http://host/{{workflow.name}}"}}]}',
    )
    assert staged(book, "wf") == [
        {"name": "in", "path": "/in", "http": {"url": "http://host/wf"}},
        {"name": "text", "path": "/text", "raw": {"data": "hello you"}},
    ]


def test_a_required_artifact_that_nobody_passes_is_an_error(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: use}]]", more=TEMPLATES)
    node = book.node("a")
    assert (node.phase, node.message) == ("Error", "inputs.artifacts.in was not supplied")
    assert book.message == "step group deemed errored due to child wf[0].a error: inputs.artifacts.in was not supplied"


def test_a_skipped_step_offers_an_artifact_that_lies_nowhere(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: make, when: "1 == 2"}
        - - {name: b, template: maybe, arguments: {artifacts: [{name: in, from: "{{steps.a.outputs.artifacts.out}}"}]}}
        - - {name: c, template: use, arguments: {artifacts: [{name: in, from: "{{steps.a.outputs.artifacts.out}}"}]}}
        """,
        more=TEMPLATES,
    )
    assert staged(book, "b") == []
    book.succeed("b")
    assert book.node("c").message == "inputs.artifacts.in missing location information"


def test_of_an_omitted_task_an_optional_artifact_is_dropped_and_a_required_one_is_an_error(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: a, template: make, when: "1 == 2"}
          - name: b
            template: maybe
            depends: a
            arguments: {artifacts: [{name: in, from: "{{tasks.a.outputs.artifacts.out}}", optional: true}]}
          - name: c
            template: maybe
            depends: a
            arguments: {artifacts: [{name: in, from: "{{tasks.a.outputs.artifacts.out}}"}]}
        """,
        more=TEMPLATES,
    )
    assert staged(book, "b") == []
    node = book.node("c")
    assert (node.phase, node.message) == ("Error", 'Unable to resolve: "tasks.a.outputs.artifacts.out"')
    book.succeed("b")
    assert book.phase == "Error"


def test_steps_refuse_a_source_that_does_not_exist(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: echo}
        - - {name: b, template: use, arguments: {artifacts: [{name: in, from: "{{steps.a.outputs.artifacts.no}}"}]}}
        """,
        more=TEMPLATES,
    )
    book.succeed("a")
    assert book.node("[1]").message == (
        'failed to resolve references: unable to resolve references: Unable to resolve: "steps.a.outputs.artifacts.no"'
    )


def test_sub_path_is_joined_to_the_key_and_loops_may_name_the_source_by_item(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: make}
          - {name: c, template: make}
        - - name: b
            template: use
            withItems: [a, c]
            arguments:
              artifacts: [{name: in, from: "{{steps.{{item}}.outputs.artifacts.out}}", subPath: "part/{{item}}"}]
        """,
        more=TEMPLATES,
    )
    names = [book.pod(step).pod_name for step in ("a", "c")]
    book.succeed("a", "c")
    assert [staged(book, f"b({index}:{item})") for index, item in enumerate("ac")] == [
        [{"name": "in", "path": "/in", "mode": 420, "file": {"key": f"default/wf/uid-1/{name}/out.tgz/part/{item}"}}]
        for name, item in zip(names, "ac", strict=True)
    ]


def test_outputs_of_steps_choose_by_expression_and_go_further_up(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: inner, template: chosen}
        - - {name: b, template: use, arguments: {artifacts: [{name: in, from: "{{steps.inner.outputs.artifacts.best}}"}]}}
        """,
        more=TEMPLATES
        + """
- name: chosen
  steps:
  - - {name: a, template: make}
    - {name: c, template: make, when: "1 == 2"}
  outputs:
    artifacts:
    - name: best
      fromExpression: "steps.c.status == 'Succeeded' ? steps.c.outputs.artifacts.out : steps.a.outputs.artifacts.out"
    - {name: none, optional: true, from: "{{steps.no.outputs.artifacts.out}}"}
""",
    )
    key = f"default/wf/uid-1/{book.pod('a').pod_name}/out.tgz"
    book.succeed("a")
    assert outputs(book, "inner") == [{"name": "best", "path": "/tmp/out", "file": {"key": key}}]
    assert staged(book, "b") == [{"name": "in", "path": "/in", "mode": 420, "file": {"key": key}}]


def test_inputs_of_steps_go_on_to_their_steps(tell: Tell) -> None:
    book = tell(
        """
        inputs: {artifacts: [{name: top, raw: {data: x}}]}
        steps:
        - - {name: b, template: use, arguments: {artifacts: [{name: in, from: "{{inputs.artifacts.top}}"}]}}
        """,
        more=TEMPLATES,
    )
    assert staged(book, "b") == [{"name": "in", "path": "/in", "mode": 420, "raw": {"data": "x"}}]


def test_a_global_artifact_is_shown_by_the_workflow_and_read_by_its_exit_handler(tell: Tell) -> None:
    book = tell(
        """
        container: {image: a, command: [make]}
        outputs: {artifacts: [{name: out, path: /tmp/out, globalName: all}]}
        """,
        spec="""
        hooks:
          exit:
            template: use
            arguments: {artifacts: [{name: in, from: "{{workflow.outputs.artifacts.all}}"}]}
        """,
        more=TEMPLATES,
    )
    book.succeed("wf")
    assert book.workflow.artifacts == ({"name": "all", "file": {"key": "default/wf/uid-1/wf/out.tgz"}},)
    assert staged(book, "wf.onExit") == [
        {"name": "in", "path": "/in", "mode": 420, "file": {"key": "default/wf/uid-1/wf/out.tgz"}}
    ]


def test_attempts_have_keys_of_their_own_and_the_retry_node_shows_the_last(tell: Tell) -> None:
    book = tell(
        """
        retryStrategy: {limit: 1}
        inputs: {artifacts: [{name: text, path: /text, raw: {data: x}}]}
        container: {image: a, command: [make]}
        outputs: {artifacts: [{name: out, path: /tmp/out}]}
        """
    )
    book.fail("wf(0)")
    assert staged(book, "wf(1)") == [{"name": "text", "path": "/text", "raw": {"data": "x"}}]
    name = book.pod("wf(1)").pod_name
    book.succeed("wf(1)")
    assert outputs(book, "wf") == [
        {"name": "out", "path": "/tmp/out", "file": {"key": f"default/wf/uid-1/{name}/out.tgz"}}
    ]


def test_an_archived_log_is_the_artifact_main_logs(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: echo}
          - {name: b, template: silent}
        """,
        spec="archiveLogs: true",
        more="""
- name: silent
  archiveLocation: {archiveLogs: false}
  container: {image: a, command: [make]}
""",
    )
    assert book.pod("b").log_artifact is None
    key = f"default/wf/uid-1/{book.pod('a').pod_name}/main.log"
    book.succeed("a", "b")
    assert outputs(book, "a") == [{"name": "main-logs", "file": {"key": key}}]


def test_a_template_s_own_archive_location_holds_its_artifacts(tell: Tell) -> None:
    book = tell(
        """
        archiveLocation: {s3: {endpoint: e, bucket: own, key: "{{inputs.parameters.p}}/x"}}
        inputs: {parameters: [{name: p, value: q}]}
        container: {image: a, command: [make]}
        outputs: {artifacts: [{name: out, path: /tmp/out}]}
        """
    )
    where = {"endpoint": "e", "bucket": "own", "key": "q/x/out.tgz"}
    assert book.pod("wf").output_artifacts == ({"name": "out", "path": "/tmp/out", "s3": where},)
    book.succeed("wf")
    assert outputs(book, "wf") == [{"name": "out", "path": "/tmp/out", "s3": where}]


def test_what_a_data_template_lists_lies_in_the_archive_location(tell: Tell) -> None:
    whole = "s3: {endpoint: e, bucket: b, key: k}"
    sources = {"part": "s3: {key: logs}", "whole": whole, "nothing": "s3: {bucket: b}"}
    more = "".join(
        f"\n- name: {name}\n  data: {{source: {{artifactPaths: {{name: a, {where}}}}}, transformation: []}}"
        for name, where in sources.items()
    )
    book = tell("steps: [[" + ", ".join(f"{{name: {name}, template: {name}}}" for name in sources) + "]]", more=more)

    def listed(name: str) -> JsonValue:
        data: Any = book.pod(name).template["data"]
        found: JsonValue = data["source"]["artifactPaths"]
        return found

    assert listed("part") == {"name": "a", "file": {"key": "logs"}}
    assert listed("whole") == {"name": "a", "s3": {"endpoint": "e", "bucket": "b", "key": "k"}}
    assert listed("nothing") == {"name": "a", "s3": {"bucket": "b"}}, "the data directory is not listed as a whole"
