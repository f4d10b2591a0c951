"""From the files of a call to workflows that can be submitted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tiphys.entrypoints.cli import session, sources
from tiphys.errors import TiphysError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiphys.core.manifest.diagnostics import Diagnostic
    from tiphys.core.manifest.document import Document, Loaded
    from tiphys.core.manifest.model.workflow import Workflow
    from tiphys.core.validate.library import Library
    from tiphys.entrypoints.wire.system import System
    from tiphys.ports.api import SubmitOptions


def workflows(loaded: Loaded, *, objects: bool = False) -> list[Document]:
    """The workflows of the files; kinds that a workflow cannot use are skipped with a warning.

    ``objects`` says that ``keep_objects`` comes next, so that nothing is said of what it takes.

    Raises:
        ManifestError: something in the files is refused.
        UsageError: there is no workflow.
    """
    from tiphys.core.manifest.diagnostics import ManifestError, Severity

    findings = loaded.without_notes if objects else loaded.diagnostics
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise ManifestError(findings)
    _say(findings)
    found = [document for document in loaded.documents if document.kind == "Workflow"]
    used = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate") if found else ()
    others = [f"{each.kind} {each.name!r} is not run" for each in loaded.documents if each.kind not in used]
    session.warn(others)
    if not found:
        raise UsageError("no workflow found in given files")
    return found


def library_of(local: System, loaded: Loaded | None) -> Library:
    """What the workflows of a call may refer to: its other documents, then what is stored."""
    documents = loaded.documents if loaded is not None else ()
    return local.library((each.manifest for each in documents), loaded.config_maps if loaded is not None else ())


def keep_objects(
    local: System,
    loaded: Loaded | None,
    documents: Sequence[Document],
    options: SubmitOptions,
    namespace: str,
    *,
    trial: bool = False,
) -> None:
    """Apply the other objects of the files (Secrets, Roles, claims), once all workflows have passed their checks.

    Where they are not kept, by a server or in a trial, it is said that they are ignored.

    Raises:
        TiphysError: a workflow is refused, and nothing was kept; or an object is.
    """
    if loaded is None or not loaded.objects:
        return
    objects = local.acted_on
    if objects is None or trial:
        _say([each.note for each in loaded.objects if each.note is not None])
        return
    from tiphys.app.services.cluster.applying import apply_object
    from tiphys.ports.api import Trial
    from tiphys.ports.identity import OWNER

    library = library_of(local, loaded)
    for document in documents:
        local.submit(document, options, library, trial=Trial.SERVER)
    for each in loaded.objects:
        apply_object(objects, OWNER, each.data, namespace)


def manifests_of(documents: Sequence[Document]) -> list[Workflow]:
    """The workflows of documents."""
    from tiphys.core.manifest.model.workflow import Workflow

    return [each.manifest for each in documents if isinstance(each.manifest, Workflow)]


def stored_workflow(local: System, kind: str, name: str, namespace: str) -> list[Workflow]:
    """The workflow that a stored template or CronWorkflow is submitted as; none where it is not there."""
    import msgspec

    from tiphys.app.services.creation import submitted_kind
    from tiphys.core.manifest.model.cron import CronWorkflow
    from tiphys.core.manifest.model.strategy import WorkflowTemplateRef
    from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
    from tiphys.entrypoints.cli.definitions import CRON
    from tiphys.ports.identity import OWNER

    canonical = submitted_kind(kind)
    if canonical != "CronWorkflow":
        reference = WorkflowTemplateRef(name=name, cluster_scope=canonical == "ClusterWorkflowTemplate")
        return [Workflow(spec=WorkflowSpec(workflow_template_ref=reference))] if canonical else []
    try:
        cron = msgspec.convert(local.definitions.get(OWNER, CRON.ref(namespace, name)), CronWorkflow, strict=False)
    except TiphysError:
        return []
    return [Workflow(spec=cron.spec.workflow_spec)] if cron.spec is not None else []


def warn_of_unused(
    manifests: Sequence[Workflow], options: SubmitOptions, find_library: Callable[[], Library], namespace: str
) -> None:
    """Say which parameters of the call no workflow of it has a use for; Argo accepts them without a word.

    What cannot be resolved is left to the submission, which says why.
    """
    names = options.parameters  # a file of parameters may be for many workflows
    unknown = [each for each in manifests if not set(names) <= _arguments(each)]
    if not names or not manifests or len(unknown) < len(manifests):
        return
    from msgspec.structs import replace

    from tiphys.app.services.submit import apply_options, as_executed, in_namespace
    from tiphys.core.manifest.model.workflow import WorkflowSpec
    from tiphys.core.plan.resolve import pin
    from tiphys.core.plan.unused import unused_parameters

    others = replace(options, parameters={}, parameter_file={})
    found: list[dict[str, str]] = []
    for each in manifests:
        try:
            pinned = pin(in_namespace(apply_options(each, others), namespace), find_library(), namespace)
        except TiphysError:
            return
        found.append(unused_parameters(as_executed(pinned).spec or WorkflowSpec(), names))
    for name, near in found[0].items():
        if all(name in each for each in found):
            hint = f"; did you mean {near!r}?" if near else ""
            session.warn([f"the workflow has no use for the parameter {name!r}{hint}"])


def _arguments(workflow: Workflow) -> set[str]:
    """The names of the parameters that a manifest itself declares."""
    arguments = workflow.spec.arguments if workflow.spec is not None else None
    return {each.name or "" for each in (arguments.parameters if arguments is not None else None) or ()}


def _say(findings: Sequence[Diagnostic]) -> None:
    from tiphys.entrypoints.cli.output.findings import pretty

    sys.stderr.write(pretty(tuple(findings), sources.source_of, session.error_style()))
