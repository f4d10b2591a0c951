"""What a workflow may set beside its ``workflowTemplateRef`` where templates are mandatory (``spec/engine.md`` 26.1).

``templateReferencing: Strict`` and ``Secure`` protect templates that somebody has hardened.  Every leaf that a
workflow sets must be on a list of leaves that were looked at one by one; a field that is new in the model is on no
list and therefore refused.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.plan.allowed import ALLOWED
from tiphys.core.plan.merge import merge_specs
from tiphys.core.plan.resolve import referenced
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import UsageError

MANDATORY = "workflows must use workflowTemplateRef to be executed when the controller is in reference mode"
UNCHANGED = "WorkflowSpec may not change during execution when the controller is set `templateReferencing: Secure`"
NOT_PERMITTED = "fields [{}] are not permitted when using workflowTemplateRef with templateReferencing restriction"
#: Mappings whose keys are the user's own.
_MAPS = frozenset(path.partition(".*")[0] for path in ALLOWED if ".*" in path)
_TOPS = frozenset(re.split(r"[.\[]", path, maxsplit=1)[0] for path in ALLOWED)
#: What stops and resumes a workflow.
_FREE: Mapping[str, None] = {"suspend": None, "shutdown": None, "active_deadline_seconds": None}
_WORDS = {"ttl": "TTL", "dns": "DNS", "pod": "Pod"}


class TemplateReferencing(enum.StrEnum):
    """The controller's setting ``workflowRestrictions.templateReferencing``."""

    OFF = ""
    STRICT = "Strict"
    SECURE = "Secure"


def enforce(workflow: Workflow, mode: TemplateReferencing, also: Collection[str] = ()) -> None:
    """Refuse a workflow that is not made from a template, or that changes what its template decides.

    To be called for every workflow before it is merged with anything, however it came to be: submitted, scheduled,
    sent by an event, resubmitted or retried with overrides.  ``also`` are further fields of the spec that users may
    set, by Argo's or by Go's name, as in ``WORKFLOW_USER_OVERRIDE_ALLOWLIST``.

    Raises:
        UsageError: with Argo's text.
    """
    if mode is TemplateReferencing.OFF:
        return
    spec = workflow.spec or WorkflowSpec()
    where = (workflow.metadata.name or workflow.metadata.generate_name) if workflow.metadata else None
    if spec.workflow_template_ref is None:
        raise UsageError(MANDATORY, "refer to a WorkflowTemplate with spec.workflowTemplateRef", where)
    refused = forbidden(spec, also)
    if refused:
        raise UsageError(NOT_PERMITTED.format(" ".join(refused)), "only the template may set them", where)


def forbidden(spec: WorkflowSpec, also: Collection[str] = ()) -> tuple[str, ...]:
    """The fields that a spec sets and may not, by Go's names, sorted; fields inside of allowed ones have dots."""
    found: set[str] = set()
    for path in leaves(to_data(spec)):
        parts = path.replace("[]", "").split(".")
        if not (_is_allowed(path) or parts[0] in also or go_name(parts[0]) in also):
            found.add(".".join(map(go_name, parts if parts[0] in _TOPS else parts[:1])))
    return tuple(sorted(found))


def _is_allowed(path: str) -> bool:
    """Whether a leaf is on the list; an empty mapping or list is when anything in it is."""
    return path in ALLOWED or any(each.startswith((f"{path}.", f"{path}[")) for each in ALLOWED)


def verify_unchanged(workflow: Workflow, library: Library = EMPTY, defaults: WorkflowSpec | None = None) -> None:
    """Refuse a workflow whose spec was changed since it was pinned, apart from what stops and resumes it (``Secure``).

    What was pinned is compared with the workflow's spec and, while the library has it, with its template;
    ``defaults`` are the controller's.

    Raises:
        UsageError: with Argo's text.
    """
    status, meta = workflow.status or WorkflowStatus(), workflow.metadata or ObjectMeta()
    if status.stored_workflow_template_spec is None:
        return
    pinned = replace(status.stored_workflow_template_spec, **_FREE)
    own = replace(workflow.spec or WorkflowSpec(), **_FREE)
    found = referenced(own.workflow_template_ref, library, meta.namespace or "")
    anew = merge_specs(own, pinned) if found is None else merge_specs(own, found, defaults)
    if replace(anew, **_FREE) != pinned:
        raise UsageError(UNCHANGED, "submit a new workflow instead", meta.name)


def leaves(data: JsonValue, path: str = "") -> Iterator[str]:
    """The paths of all leaves that are set; lists are ``[]``, the user's own keys in mappings ``*``.

    >>> list(leaves({"podGC": {"strategy": "x"}, "arguments": {"parameters": [{"name": "a"}]}}))
    ['podGC.strategy', 'arguments.parameters[].name']
    """
    if isinstance(data, dict) and data:
        for key, value in data.items():
            step = "*" if path in _MAPS else key
            yield from leaves(value, f"{path}.{step}" if path else step)
    elif isinstance(data, list) and data:
        for item in data:
            yield from leaves(item, f"{path}[]")
    else:
        yield path


def go_name(field: str) -> str:
    """A JSON field as Go names it.

    >>> go_name("podSpecPatch"), go_name("ttlStrategy")
    ('PodSpecPatch', 'TTLStrategy')
    """
    head = re.match(r"[a-z]+", field)
    word = head[0] if head else ""
    return _WORDS.get(word, word[:1].upper() + word[1:]) + field[len(word) :]
