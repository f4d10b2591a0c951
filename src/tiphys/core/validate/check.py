"""All static checks of a document; the only maker of a ``ValidWorkflow``.

Findings are gathered: a broken template does not hide those of the next.  Errors stand in the order in which Argo
makes its checks, so the first one is the one that Argo reports.  Pure: equal arguments give equal reports.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, Workflow, WorkflowSpec, WorkflowTemplate
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site
from tiphys.core.validate.library import EMPTY, Library
from tiphys.core.validate.options import CheckOptions
from tiphys.core.validate.rules import spec
from tiphys.core.validate.valid import TOKEN, ValidWorkflow
from tiphys.core.validate.workflow import Subject, check_spec

_DEFAULT = CheckOptions()


class Report(Struct, frozen=True):
    """What a check found.

    ``diagnostics`` are errors in Argo's order, then warnings.  ``valid`` is set for a Workflow without errors.
    """

    diagnostics: tuple[Diagnostic, ...]
    valid: ValidWorkflow | None = None

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that refuse the manifest."""
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)


def check_document(document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT) -> Report:
    """Check a document of any kind; ``submit`` is for Workflows, since templates are created and not run."""
    manifest = document.manifest
    if isinstance(manifest, Workflow):
        return check_workflow(document, library, options)
    options = replace(options, submit=False)
    if isinstance(manifest, WorkflowTemplate):
        return check_workflow_template(document, library, options)
    if isinstance(manifest, ClusterWorkflowTemplate):
        return check_cluster_workflow_template(document, library, options)
    if document.kind == "CronWorkflow":
        return check_cron_workflow(document, library, options)
    return check_decoded(document, library, options)


def check_workflow(document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT) -> Report:
    """Check a Workflow; without errors the report carries the proof that planning asks for.

    Raises:
        TypeError: the document holds another kind.
    """
    workflow = document.manifest
    if not isinstance(workflow, Workflow):
        raise TypeError(f"{document.kind} is not a Workflow")
    context = Context(document, library, options)
    metadata = workflow.metadata or ObjectMeta()
    spec.check_object_name(context, metadata.name or "", "workflow", 63)
    _check(context, metadata, workflow.spec or WorkflowSpec())
    report = _report(context)
    if report.errors:
        return report
    return Report(report.diagnostics, ValidWorkflow(workflow=workflow, document=document, token=TOKEN))


def check_workflow_template(document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT) -> Report:
    """Check a WorkflowTemplate by itself: its arguments and entrypoint may be left to those who use it."""
    return _template(Context(document, library, options), "workflow template")


def check_cluster_workflow_template(
    document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT
) -> Report:
    """Check a ClusterWorkflowTemplate by itself."""
    return _template(Context(document, library, options), "cluster workflow template")


def _template(context: Context, what: str) -> Report:
    manifest = context.document.manifest
    if not isinstance(manifest, WorkflowTemplate | ClusterWorkflowTemplate):
        raise TypeError(f"{context.document.kind} is not a template")
    context.template_alone = True
    metadata = manifest.metadata or ObjectMeta()
    spec.check_object_name(context, metadata.name or "", what, 63)
    if context.library.is_repeated(manifest):
        text = f'duplicate {context.document.kind} found: "{metadata.name}"'
        context.error(Code.NAME_TAKEN, Site(path=("metadata", "name")), text, hint="it is passed over; rename one")
    _check(context, metadata, manifest.spec or WorkflowSpec())
    return _report(context)


def check_cron_workflow(document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT) -> Report:
    """Check a CronWorkflow and the workflow that it starts, whose arguments need values.

    Raises:
        TypeError: the document holds another kind.
    """
    from tiphys.core.manifest.model.cron import CronWorkflow  # only needed for this kind

    manifest = document.manifest
    if not isinstance(manifest, CronWorkflow):
        raise TypeError(f"{document.kind} is not a CronWorkflow")
    from tiphys.core.validate.rules import cron  # only needed for this kind

    context = Context(document, library, replace(options, lint=False))
    metadata = manifest.metadata or ObjectMeta()
    spec.check_object_name(context, metadata.name or "", "cron workflow", 52)
    if manifest.spec is not None:
        cron.check_cron(context, manifest.spec)
        inner = manifest.spec.workflow_spec or WorkflowSpec()
        site = Site("cannot validate Workflow: ", ("spec", "workflowSpec"))
        _check(context, manifest.spec.workflow_metadata or ObjectMeta(), inner, site)
    return _report(context)


def check_decoded(document: Document, library: Library = EMPTY, options: CheckOptions = _DEFAULT) -> Report:
    """Check an object of a kind for which Argo checks nothing but that it can be decoded strictly."""
    context = Context(document, library, options)
    if document.kind == "WorkflowEventBinding" and options.advise:
        from tiphys.core.validate.rules import bindings  # only needed for this kind

        bindings.check_binding(context)
    return _report(context)


def _check(context: Context, metadata: ObjectMeta, body: WorkflowSpec, site: Site | None = None) -> None:
    site = site or Site(path=("spec",))
    home = Home(context.document.kind, metadata.name or "", body, site.path)
    check_spec(context, Subject(metadata, body, home, site))
    if context.options.advise:
        from tiphys.core.validate.advice import advise  # a start without advice is faster

        advise(context, home, site)
    if context.options.advise or context.options.submit:
        from tiphys.core.validate.rules import crd  # a check of the controller needs none of it

        crd.check_document(context)


def _report(context: Context) -> Report:
    errors = [item for item in context.findings if item.severity is Severity.ERROR]
    return Report((*errors, *(item for item in context.findings if item.severity is not Severity.ERROR)))
