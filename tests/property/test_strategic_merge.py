"""Laws of the strategic merge (``spec/engine.md`` 26.4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.pod import Container, EnvVar
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.merge import merge_specs
from tiphys.core.plan.strategic import merge, merge_lists

NAMES = st.sampled_from("abcdef")
OPTIONAL = st.none() | st.sampled_from(["", "x", "y"])


def named(record: type, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Lists of records with different names."""
    return st.lists(st.builds(record, name=NAMES, **fields), unique_by=lambda item: item.name, max_size=4).map(tuple)


CONTAINERS = st.builds(Container, image=OPTIONAL, env=st.none() | named(EnvVar, value=OPTIONAL))
ARGUMENTS = st.builds(Arguments, parameters=st.none() | named(Parameter, value=OPTIONAL, default=OPTIONAL))
SPECS = st.builds(
    WorkflowSpec,
    entrypoint=OPTIONAL,
    priority=st.none() | st.integers(0, 2),
    archive_logs=st.none() | st.booleans(),
    suspend=st.none() | st.booleans(),
    node_selector=st.none() | st.dictionaries(NAMES, st.text(max_size=2), max_size=3),
    arguments=st.none() | ARGUMENTS,
    templates=st.none() | named(Template, container=st.none() | CONTAINERS),
)


@given(SPECS)
def test_a_spec_merged_with_itself_or_with_nothing_stays_as_it_is(spec: WorkflowSpec) -> None:
    assert merge(spec, spec) == spec
    assert merge_specs(spec, spec, spec) == spec
    assert merge(WorkflowSpec(), spec) == spec


@given(SPECS, SPECS, SPECS)
def test_what_the_workflow_says_stays_and_suspend_is_never_inherited(
    workflow: WorkflowSpec, template: WorkflowSpec, defaults: WorkflowSpec
) -> None:
    merged = merge_specs(workflow, template, defaults)
    assert merged.suspend is workflow.suspend
    assert merged.entrypoint == (workflow.entrypoint or template.entrypoint or defaults.entrypoint or merged.entrypoint)
    values = {item.name: item.value for item in (merged.arguments and merged.arguments.parameters) or ()}
    for item in (workflow.arguments and workflow.arguments.parameters) or ():
        if item.value is not None:
            assert values[item.name] == item.value
    sources = [{item.name for item in spec.templates or ()} for spec in (workflow, template, defaults)]
    assert {item.name for item in merged.templates or ()} == set().union(*sources)


@given(named(EnvVar, value=OPTIONAL), named(EnvVar, value=OPTIONAL))
def test_both_lists_keep_their_order_where_they_do_not_contradict(
    lower: tuple[EnvVar, ...], higher: tuple[EnvVar, ...]
) -> None:
    merged = [item.name for item in merge_lists(lower, higher, "name")]
    assert len(merged) == len(set(merged))
    mine = [item.name for item in higher]
    assert [name for name in merged if name in mine] == mine
    others = [item.name for item in lower if item.name not in mine]
    assert [name for name in merged if name in others] == others
