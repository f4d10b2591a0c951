"""Safe repairs: what is mended, what is left alone, and that nothing else changes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tiphys.core.manifest.load import load
from tiphys.core.validate.fixes import MOST, fix_text

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n"


def fixed(text: str) -> tuple[str, list[str]]:
    """The repaired text and what was done."""
    done = fix_text(text, "f.yaml")
    assert fix_text(done.text, "f.yaml").fixes == (), "a second call must find nothing"
    return done.text, [each.message for each in done.fixes]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("spec: {entry_point: a} # c\n", "spec: {entrypoint: a} # c\n", "renamed spec.entry_point to entrypoint"),
        ('"spec": {"Entrypoint": "a"}\n', '"spec": {"entrypoint": "a"}\n', "renamed spec.Entrypoint to entrypoint"),
        ("spec:\n  tolerationss: []\n", "spec:\n  tolerations: []\n", "renamed spec.tolerationss to tolerations"),
        ('spec: {parallelism: "2"}\n', "spec: {parallelism: 2}\n", "removed the quotes of 2 at spec.parallelism"),
        ("spec: {suspend: 'true'}\n", "spec: {suspend: true}\n", "removed the quotes of true at spec.suspend"),
        ("metadata: {name: 12}\n", 'metadata: {name: "12"}\n', "put 12 at metadata.name in quotes"),
        ("metadata: {name: 1.50}\n", 'metadata: {name: "1.50"}\n', "put 1.50 at metadata.name in quotes"),
        ("metadata:\n  name: on # y\n", 'metadata:\n  name: "on" # y\n', "put on at metadata.name in quotes"),
    ],
)
def test_a_word_or_a_value(before: str, after: str, said: str) -> None:
    assert fixed(HEAD + before) == (HEAD + after, [said])


def test_a_kind_in_the_wrong_case() -> None:
    text, said = fixed("apiVersion: argoproj.io/v1alpha1\nkind: workflowtemplate\nmetadata: {name: a}\nspec: {}\n")
    assert "kind: WorkflowTemplate\n" in text and said == ["changed kind workflowtemplate to WorkflowTemplate"]


@pytest.mark.parametrize(
    "text",
    [
        "spec: {nothingLikeIt: 1}\n",  # no field is near
        "spec: {entrypoint: a, entryPoint: b}\n",  # the right one is there already
        "spec: {entrypont: [a]}\n",  # the value cannot be an entrypoint
        "spec: {templates: [{name: a, container: {image: a, onExit: b}}]}\n",  # a field of WorkflowSpec: indentation
        "metadata: {name: [1]}\n",
        'spec: {parallelism: "two"}\n',
        "spec: {parallelism: 1.5}\n",
        "metadata: {name: &n 12}\n",  # the anchor hides the value
        "a: [\n",  # no YAML
        "",
    ],
)
def test_what_is_not_sure_stays(text: str) -> None:
    assert fixed(HEAD + text) == (HEAD + text, [])


def test_a_merged_key_stays() -> None:
    text = HEAD + "x: &a {entrypont: b}\nspec: {<<: *a}\n"
    assert fixed(text)[0] == text


STEPS = dedent("""\
    spec:
      templates:
      - name: main
        steps:
        - name: a
          template: t  # one
          arguments:
            parameters:
            - {name: x, value: |-y}

        # two
        - - name: b
            template: t
        - template: t
          when: >-
            x ==
            y
          name: c
      - name: t
        suspend: {}
    """).replace("|-y", '"y"')

MENDED = dedent("""\
    spec:
      templates:
      - name: main
        steps:
        - - name: a
            template: t  # one
            arguments:
              parameters:
              - {name: x, value: "y"}

        # two
        - - name: b
            template: t
        - - template: t
            when: >-
              x ==
              y
            name: c
      - name: t
        suspend: {}
    """)


def test_steps_without_their_second_dash() -> None:
    text, said = fixed(HEAD + STEPS)
    assert text == HEAD + MENDED
    assert said == ["gave 2 steps of spec.templates[0].steps a second dash, to run one after the other"]
    assert not load(text, "f.yaml").diagnostics


def test_steps_in_brackets_stay() -> None:
    text = HEAD + "spec: {templates: [{name: a, steps: [{name: b, template: c}]}]}\n"
    assert fixed(text) == (text, [])


CRON = "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec:\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('  schedule: "* * * * *" # c\n', '  schedules:\n    - "* * * * *" # c\n'),
        ("  schedule:\n    '@daily'\n", "  schedules:\n    - '@daily'\n"),
        (
            "  workflowSpec:\n    synchronization:\n      mutex:\n        name: a # b\n\n        namespace: c\n",
            "  workflowSpec:\n    synchronization:\n      mutexes:\n        - name: a # b\n\n          namespace: c\n",
        ),
        (
            "  workflowSpec:\n    synchronization:\n      semaphore: {configMapKeyRef: {key: a}}\n",
            "  workflowSpec:\n    synchronization:\n      semaphores:\n        - {configMapKeyRef: {key: a}}\n",
        ),
    ],
)
def test_fields_of_older_versions(before: str, after: str) -> None:
    text, said = fixed(CRON + before)
    assert text == CRON + after
    assert len(said) == 1 and "which Argo 4 does not have" in said[0]


def test_a_successor_that_is_there_already_wins() -> None:
    text = CRON + '  schedule: "@daily"\n  schedules: ["@hourly"]\n'
    assert fixed(text) == (text, [])


def test_one_repair_shows_the_next_and_documents_do_not_disturb_each_other() -> None:
    one = HEAD + "spec:\n  tempaltes:\n  - name: a\n    contaner: {image: b}\n"
    other = "kind: ConfigMap\ndata: {a: 1}\n"
    text, said = fixed(f"{one}---\n{other}---\n{one}")
    assert (
        said
        == [
            "renamed spec.tempaltes to templates",
            "renamed spec.templates[0].contaner to container",
        ]
        * 2
    )
    assert other in text and len(load(text, "f.yaml").documents) == 2


def test_line_breaks_of_windows_stay() -> None:
    text, said = fixed((HEAD + "spec:\n  entryPoint: a\n").replace("\n", "\r\n"))
    assert text == (HEAD + "spec:\n  entrypoint: a\n").replace("\n", "\r\n") and len(said) == 1


def test_a_byte_order_mark_stays() -> None:
    assert fixed("\ufeff" + HEAD + "spec: {entryPoint: a}\n")[0] == "\ufeff" + HEAD + "spec: {entrypoint: a}\n"


def test_the_place_is_that_of_the_text_at_that_moment() -> None:
    done = fix_text(HEAD + "spec:\n  entryPoint: a\n", "f.yaml")
    assert [str(each.span) for each in done.fixes] == ["f.yaml:4:3"]


def test_there_is_an_end() -> None:
    args = ", ".join(str(number) for number in range(MOST + 5))
    text = HEAD + f"spec: {{templates: [{{name: a, container: {{args: [{args}]}}}}]}}\n"
    assert len(fix_text(text).fixes) == MOST
