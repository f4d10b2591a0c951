"""Write `src/tiphys/core/plan/allowed.py`: what a workflow may set beside a template that restrictions protect.

Run by hand after the model changed: ``python tools/generate_allow_list.py``, and look at every line of the difference:
a leaf that is added here is one that any user may override.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.kinds import Kind
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf

#: Fields that Argo lets users set (``spec/engine.md`` 26.1).
FIELDS = (
    "arguments entrypoint shutdown suspend activeDeadlineSeconds priority ttlStrategy podGC volumeClaimGC archiveLogs "
    "workflowMetadata workflowTemplateRef metrics artifactGC"
).split()
#: Parts of them that would let a user into the pods that the controller makes (CVE-2026-54526).
DENIED = (
    "artifactGC.serviceAccountName",
    "artifactGC.podSpecPatch",
    "artifactGC.podMetadata",
    "arguments.artifacts[].artifactGC.serviceAccountName",
    "arguments.artifacts[].artifactGC.podMetadata",
)


def leaves(kind: Kind, path: str) -> Iterator[str]:
    """The paths of everything inside of a field that is no record, list or mapping."""
    if isinstance(kind, RecordOf):
        for name, field in kind.table().items():
            yield from leaves(field.kind, f"{path}.{name}")
    elif isinstance(kind, ListOf):
        yield from leaves(kind.item, f"{path}[]")
    elif isinstance(kind, MapOf):
        yield from leaves(kind.item, f"{path}.*")
    else:
        yield path


def allowed() -> list[str]:
    """All leaves that are allowed, sorted."""
    table = record_kind(WorkflowSpec).table()
    found = (leaf for name in FIELDS for leaf in leaves(table[name].kind, name))
    return sorted(leaf for leaf in found if not leaf.startswith(DENIED))


def module() -> str:
    """The text of the module."""
    lines = "".join(f'        "{leaf}",\n' for leaf in allowed())
    return (
        '"""Leaves of a workflow spec that users may set beside a protected template.\n\n'
        'Made by ``tools/generate_allow_list.py``; what is not here is refused.\n"""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n"
        f"ALLOWED: Final = frozenset(\n    (\n{lines}    )\n)\n"
    )


if __name__ == "__main__":
    (Path(__file__).parent.parent / "src/tiphys/core/plan/allowed.py").write_text(module())
