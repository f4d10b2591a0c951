"""Documents, findings and their places."""

from __future__ import annotations

import pickle

import pytest

from tiphys.core.manifest.diagnostics import Diagnostic, ManifestError, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import MAX_SIZE, load
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.workflow import Workflow

GOOD = """\
# a comment
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        template: x
      - {name: b, template: x}
    - - name: c
        template: x
"""


def findings(text: str | bytes, *, strict: bool = True) -> list[Diagnostic]:
    return list(load(text, "f.yaml", strict=strict).diagnostics)


def only(text: str | bytes) -> Diagnostic:
    loaded = load(text, "f.yaml")
    assert loaded.documents == ()
    (finding,) = loaded.diagnostics
    return finding


def the_document(text: str | bytes) -> Document:
    loaded = load(text, "f.yaml")
    assert loaded.diagnostics == ()
    (document,) = loaded.documents
    return document


def workflow(spec: str) -> str:
    return "kind: Workflow\nmetadata: {name: w}\nspec:\n" + "".join(f"  {line}\n" for line in spec.splitlines())


def test_a_document_is_typed_and_placed() -> None:
    document = the_document(GOOD)
    assert (document.kind, document.name, document.index, document.file) == ("Workflow", "hello-", 0, "f.yaml")
    assert isinstance(document.manifest, Workflow)
    spec = document.manifest.spec
    assert spec is not None and spec.templates is not None and spec.templates[0].steps is not None
    assert [[step.name for step in group] for group in spec.templates[0].steps] == [["a", "b"], ["c"]]
    places = document.places
    assert str(places.span(("spec", "templates", 0, "steps", 0, 1, "name"))) == "f.yaml:13:16"
    assert str(places.key_span(("spec", "entrypoint"))) == "f.yaml:7:3"
    assert str(places.span(("spec", "entrypoint"))) == "f.yaml:7:15"
    assert str(places.key_span(("spec", "templates", 0))) == "f.yaml:9:5"
    assert str(places.span(("spec", "templates", 7, "name"))) == "f.yaml:9:3"
    assert str(places.span(())) == "f.yaml:2:1"


def test_many_documents_keep_their_places_and_numbers() -> None:
    text = f"---\n# nothing\n---\n{GOOD}---\nkind: CronWorkflow\nmetadata: {{name: c}}\nspec: {{schedules: ['* * * * *']}}\n"
    first, second = load(text, "f.yaml").documents
    assert (first.index, second.index) == (0, 1)
    assert isinstance(second.manifest, CronWorkflow)
    assert second.places.key_span(("spec",)).line == 22


def test_a_broken_document_does_not_hide_the_others() -> None:
    loaded = load(f"{GOOD}---\nkind: [\n---\n{GOOD}", "f.yaml")
    assert [document.index for document in loaded.documents] == [0, 2]
    assert [finding.code for finding in loaded.diagnostics] == ["T101"]


def test_the_missing_dash_is_shown_with_the_corrected_line() -> None:
    finding = only(workflow("templates:\n- name: t\n  steps:\n  - name: a # first\n    template: x\n  - name: b"))
    assert finding.code == "T107"
    assert str(finding) == (
        "f.yaml:7:7: spec.templates[0].steps[0]: expected a list of steps that run in parallel, found one step [T107]"
    )
    assert finding.hint == "write it with two dashes: - - name: a"
    assert finding.argo == (
        "json: cannot unmarshal object into Go struct field Template.spec.templates.steps "
        "of type []map[string]interface {}"
    )
    assert finding.owner == 'in "w" (Workflow)'
    assert finding.path == ("spec", "templates", 0, "steps", 0)


@pytest.mark.parametrize(
    ("steps", "place", "go", "hint"),
    [
        ("[{name: a}]", "7:13", "object|[]map[string]interface {}", "steps: [[{...}], [{...}]]"),
        ("{name: a}", "7:12", "object|[]v1alpha1.ParallelSteps", "- - {name: a}"),
        ("abc", "7:12", "string|[]v1alpha1.ParallelSteps", "- - name: a"),
        ("[abc]", "7:13", "string|[]map[string]interface {}", None),
        ("[[1]]", "7:14", "number|map[string]interface {}", None),
        ("[[[{name: a}]]]", "7:14", "array|map[string]interface {}", "remove one dash"),
    ],
)
def test_other_wrong_shapes_of_steps(steps: str, place: str, go: str, hint: str | None) -> None:
    finding = only(workflow(f"templates:\n- name: t\n  daemon: no\n  steps: {steps}"))
    value, _, kind = go.partition("|")
    assert str(finding.span) == f"f.yaml:{place}"
    assert finding.code == "T107"
    assert (
        finding.argo
        == f"json: cannot unmarshal {value} into Go struct field Template.spec.templates.steps of type {kind}"
    )
    assert (finding.hint is None) if hint is None else (hint in (finding.hint or ""))


def test_null_groups_and_steps_are_empty() -> None:
    document = the_document(workflow("templates:\n- name: t\n  steps:\n  -\n  - [null]"))
    assert isinstance(document.manifest, Workflow) and document.manifest.spec and document.manifest.spec.templates
    steps = document.manifest.spec.templates[0].steps
    assert steps is not None and [len(group) for group in steps] == [0, 1]


def test_all_unknown_fields_at_once_with_one_text_of_argo() -> None:
    found = findings(workflow("Entrypoint: t\nparalelism: 2\nzzz: 1\ntemplates: [{name: t, containr: {}}]"))
    assert [str(finding.span) for finding in found] == ["f.yaml:4:3", "f.yaml:5:3", "f.yaml:6:3", "f.yaml:7:25"]
    assert [finding.hint for finding in found] == [
        'did you mean "entrypoint"?',
        'did you mean "parallelism"?',
        None,
        'did you mean "container"?',
    ]
    assert {finding.code for finding in found} == {"T105"}
    assert {finding.argo for finding in found} == {
        'strict decoding error: unknown field "spec.Entrypoint", unknown field "spec.paralelism", '
        'unknown field "spec.templates[0].containr", unknown field "spec.zzz"'
    }


def test_a_field_indented_too_far_is_named() -> None:
    finding = only(workflow("templates: [{name: t, container: {image: a, inputs: {}}}]"))
    assert finding.hint == '"inputs" is a field of Template; is it indented too far?'


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("container: {image: a}", '"container" belongs below an item of templates; is it indented too little?'),
        ("failFast: true", '"failFast" belongs below an item of templates; is it indented too little?'),
        ("templates: [{name: t, tasks: []}]", '"tasks" belongs below dag; is it indented too little?'),
        ("templates: [{name: t, Container: {}}]", 'did you mean "container"?'),
    ],
)
def test_a_field_indented_too_little_is_named(spec: str, hint: str) -> None:
    assert only(workflow(spec)).hint == hint


def test_a_line_left_of_its_item_has_a_hint() -> None:
    text = "templates:\n- name: t\n  steps:\n  - - name: a\n    template: b"
    assert "begins where the first word behind its dashes begins" in (only(workflow(text)).hint or "")


def test_unknown_fields_inside_steps() -> None:
    text = workflow("templates:\n- name: t\n  steps: [[{name: a, tmplate: x, arguments: {params: []}}]]")
    own, deeper = findings(text)
    assert (own.argo, own.hint) == ('json: unknown field "tmplate"', 'did you mean "template"?')
    assert (deeper.argo, deeper.hint) == (None, 'did you mean "parameters"?')
    assert (own.severity, deeper.severity) == (Severity.ERROR, Severity.WARNING)
    # Argo reads the fields of a step strictly in any case.
    assert [finding.argo for finding in findings(text, strict=False)] == ['json: unknown field "tmplate"']


def test_what_argo_reads_past_is_read() -> None:
    loaded = load(workflow("templates:\n- name: t\n  steps: [[{name: a, template: x, arguments: {params: []}}]]"), "f")
    assert [finding.severity for finding in loaded.diagnostics] == [Severity.WARNING]
    assert len(loaded.documents) == 1


def test_not_strict_leaves_unknown_fields_out() -> None:
    text = workflow("entrypont: t\nentrypoint: t\nentrypoint: u")
    (document,) = load(text, "f.yaml", strict=False).documents
    assert isinstance(document.manifest, Workflow) and document.manifest.spec
    assert document.manifest.spec.entrypoint == "u"


def test_duplicate_keys_are_errors_with_both_places() -> None:
    finding = only(workflow("entrypoint: t\nentrypoint: u"))
    assert (finding.code, str(finding.span), finding.argo) == ("T104", "f.yaml:5:3", None)
    assert finding.hint == "it is set first in line 4; remove one of the two"


def test_what_argo_would_report_comes_first() -> None:
    found = findings(workflow("zzz: 1\nentrypoint: [a]\ntemplates: [{name: t, plugin: {}}]"))
    assert [finding.code for finding in found] == ["T108", "T105", "T106"]
    assert found[0].argo == "expected exactly one key, got 0"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("- a\n- b", "1:1", "the document is not a mapping"),
        ("abc", "1:1", "the document is not a mapping"),
        ("\n  5", "2:3", "the document is not a mapping"),
        ("", "1:1", "there is no document"),
        ("# only\n---\n# comments\n", "1:1", "there is no document"),
        ("metadata: {name: a}", "1:1", "the document has no kind"),
        ("Kind: Workflow", "1:1", "the document has no kind"),
        ("kind: 5", "1:7", "kind: expected a string, found the number 5"),
        ("[1]", "1:1", "the document is not a mapping"),
    ],
)
def test_texts_that_are_no_object(text: str, place: str, message: str) -> None:
    finding = only(text)
    assert finding.code == "T102"
    assert str(finding.span) == f"f.yaml:{place}"
    assert finding.message.startswith(message)
    assert finding.argo == "yaml file is not valid"


def test_other_kinds_are_warnings_and_slips_are_errors() -> None:
    other = only("kind: ConfigMap\napiVersion: v1")
    assert (other.code, other.severity, str(other.span)) == ("T103", Severity.WARNING, "f.yaml:1:7")
    assert only("kind: CronJob").severity is Severity.WARNING
    slip = only("kind: workflow")
    assert (slip.code, slip.severity, slip.hint) == ("T103", Severity.ERROR, 'did you mean "Workflow"?')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: Workflow\nspec:\n\tentrypoint: a\n", "3:1"),
        ("kind: Workflow\nspec:\n  a: [\n", "4:1"),
        ("kind: Workflow\n spec: 1\n", "2:6"),
        ("kind: Work\x00flow\n", "1:11"),
        ("kind: Workflow\nx: \x07\n", "2:4"),
        ("kind: Workflow\nx: \ud800\n", "2:4"),
        (b"kind: Workflow\nx: \xff\n", "2:4"),
        (b"kind: W\xc3\xa4\nx: \xc3\n", "2:4"),
        (b"\xff\xfek\x00i\x00\x00\xd8", "1:3"),
        ("kind: *a", "1:7"),
        ("kind: &a [*a]", "1:11"),
        ("kind: a\n? [x]\n: 1", "2:3"),
        ("kind: a\n~: 1", "2:1"),
        ("kind: a\nx: .inf", "2:4"),
        ("kind: a\nx: !!int q", "2:4"),
        ("kind: a\nx: !!binary '*'", "2:4"),
        ("kind: a\n<<: 5", "2:1"),
        ('{"kind": "Workflow", "spec": 1e999}', "1:30"),
        ("kind: 'a", "1:9"),
    ],
)
def test_texts_that_are_no_yaml_have_a_place(text: str | bytes, place: str) -> None:
    finding = only(text)
    assert (finding.code, str(finding.span)) == ("T101", f"f.yaml:{place}")


def test_tabs_have_a_hint() -> None:
    assert (
        only("kind: Workflow\nspec:\n\tentrypoint: a\n").hint == "YAML does not allow tabs for indentation; use spaces"
    )


@pytest.mark.parametrize("text", ["kind: Workflow\nspec: {a: [{{b}}]}\n", "kind: Workflow\nspec:\n  a: {{b}} == c\n"])
def test_tags_without_quotes_have_a_hint(text: str) -> None:
    assert only(text).hint == 'a text that begins with a tag needs quotes: "{{…}}"'


def test_laughs_are_refused_not_expanded() -> None:
    lines = ["kind: Workflow", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    finding = only("\n".join(lines))
    assert finding.code == "T109"
    assert finding.span is not None and finding.span.line == 7


@pytest.mark.parametrize("text", ["[" * 5000, '{"a":' * 5000, "- " * 3000 + "a", "? " * 3000])
def test_depth_is_limited(text: str) -> None:
    assert only(text).code == "T109"


def test_depth_through_aliases_is_limited() -> None:
    lines = ["kind: Workflow", "a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 150)]
    assert only("\n".join(lines)).code == "T109"


def test_size_is_limited() -> None:
    assert only("#" * (MAX_SIZE + 1)).code == "T109"


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode(),
    ],
)
def test_other_spellings_of_the_same_text(text: str | bytes) -> None:
    document, plain = the_document(text), the_document(GOOD)
    assert document.manifest == plain.manifest
    assert document.places.key_span(("spec", "entrypoint")) == plain.places.key_span(("spec", "entrypoint"))


def test_anchors_aliases_and_merge_keys() -> None:
    document = the_document(
        workflow(
            "arguments: {parameters: [&p {name: a, value: &v one}, {<<: *p, name: b}, {<<: [{name: c}, *p]}]}\n"
            "entrypoint: *v"
        )
    )
    assert isinstance(document.manifest, Workflow) and document.manifest.spec and document.manifest.spec.arguments
    parameters = document.manifest.spec.arguments.parameters or ()
    assert [(item.name, item.value) for item in parameters] == [("a", "one"), ("b", "one"), ("c", "one")]
    assert document.manifest.spec.entrypoint == "one"


def test_json_is_typed_as_json_and_placed() -> None:
    text = '{"kind": "Workflow",\n "metadata": {"name": "\\ud83d\\ude00 \\/"},\n\t"spec": {"entrypoint": "yes",\n "nope": 1}}'
    finding = only(text)
    assert (str(finding.span), finding.argo) == ("f.yaml:4:2", 'strict decoding error: unknown field "spec.nope"')
    document = the_document(text.replace('"nope"', '"parallelism"'))
    assert document.name == "\U0001f600 /"
    assert document.places.span(("spec", "entrypoint")).line == 3


def test_json_with_whole_floats_and_duplicate_keys() -> None:
    text = '{"kind":"Workflow","metadata":{"name":"a"},"spec":{"parallelism":1.5,"priority":1,"priority":2}}'
    found = findings(text)
    assert [finding.code for finding in found] == ["T106", "T104"]
    assert (found[0].argo or "").startswith(
        "json: cannot unmarshal number 1.5 into Go struct field WorkflowSpec.spec.par"
    )


def test_the_hint_for_quotes_repeats_what_is_written() -> None:
    spec = "templates: [{name: t, container: {image: a, args: [no, 012, 1.50, true]}}]"
    hints = [finding.hint for finding in findings(workflow(spec))]
    assert hints == [f'put it in quotes: "{text}"' for text in ("no", "012", "1.50", "true")]


def test_an_object_without_name_is_numbered() -> None:
    first, second = findings("kind: Workflow\nspec: {a: 1}\n---\nkind: Workflow\nspec: {a: 1}")
    assert (first.owner, second.owner) == ('in "object #1" (Workflow)', 'in "object #2" (Workflow)')


def test_findings_survive_pickling() -> None:
    error = ManifestError(findings(workflow("zzz: 1")))
    again = pickle.loads(pickle.dumps(error))
    assert again.diagnostics == error.diagnostics
    assert str(again) == 'f.yaml:4:3: unknown field "spec.zzz" [T100]'


def test_keys_that_are_read_as_booleans_are_told() -> None:
    text = 'templates: [{name: t, steps: [[{name: a, template: t, withItems: [{n: 1, "y": 2, true: 3}]}]]}]'
    (finding,) = findings(workflow(text))
    assert (finding.code, finding.severity, finding.message) == ("T110", Severity.WARNING, "the key n is read as false")
    assert finding.hint == 'put it in quotes: "n"'
