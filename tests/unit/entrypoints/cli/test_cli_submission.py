from __future__ import annotations

import pytest

from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.load import load
from tiphys.entrypoints.cli.submission import workflows

TEXT = """\
apiVersion: v1
kind: Secret
metadata: {name: key}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wrong}
spec: {entrypoint: 7}
"""


@pytest.mark.parametrize(("taken", "codes"), [(True, ["T106"]), (False, ["T103", "T106"])])
def test_a_refusal_does_not_call_objects_ignored_that_are_applied_with_the_workflow(
    taken: bool, codes: list[str]
) -> None:
    with pytest.raises(ManifestError) as raised:
        workflows(load(TEXT, "wf.yaml"), objects=taken)
    assert [finding.code for finding in raised.value.diagnostics] == codes
