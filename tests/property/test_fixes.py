"""``lint --fix`` on any text: no exception, nothing lost, and done after one call."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tiphys.core.manifest.load import load
from tiphys.core.validate.fixes import fix_text

LINES = (
    "apiVersion: argoproj.io/v1alpha1", "kind: Workflow", "kind: cronworkflow", "metadata: {name: 1}", "spec:",
    "  entryPoint: a", "  templates:", "  - name: on", "    steps:", "    - name: b", "      template: c",
    "      whn: |", "        {{x}} == 1", "    - - name: d", "  synchronization:", "    mutex:", "      name: e",
    "  schedule: '@daily'", '  parallelism: "2"', "---", "# c", "", "  <<: *a", "  x: &a {nam: 1}", "\t", "    'k': \"v",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=25).map("\n".join) | st.text(max_size=60))
def test_repairs_end_and_never_add_errors(text: str) -> None:
    fixed = fix_text(text, "f.yaml")
    assert fix_text(fixed.text, "f.yaml").fixes == ()
    assert (fixed.text == text) == (not fixed.fixes)
    if fixed.fixes:
        before, after = load(text, "f.yaml"), load(fixed.text, "f.yaml")
        assert len(after.documents) >= len(before.documents)
