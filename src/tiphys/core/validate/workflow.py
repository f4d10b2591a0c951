"""A workflow as a whole, in Argo's order (``spec/data.md`` 12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.strategy import WorkflowMetadata
from tiphys.core.manifest.model.template import WorkflowStep
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site
from tiphys.core.validate.lookup import Lookup
from tiphys.core.validate.naming import check_list
from tiphys.core.validate.offers import ANY_ARTIFACT, exports_any_artifact
from tiphys.core.validate.rules import arguments as argument_rules
from tiphys.core.validate.rules import spec as spec_rules
from tiphys.core.validate.rules import templates as template_rules
from tiphys.core.validate.walk import TemplateWalker

_GLOBALS = ("name", "namespace", "mainEntrypoint", "serviceAccountName", "uid", "status")
_MAPS = ("labels", "labels.json", "annotations", "annotations.json")


class Subject(NamedTuple):
    """A spec to check: its metadata, the object that holds its templates, and where it stands."""

    metadata: ObjectMeta
    spec: WorkflowSpec
    home: Home
    site: Site


def check_spec(context: Context, subject: Subject) -> None:
    """Check a workflow, or a template as if it were one; all findings go to ``context``."""
    spec, site = subject.spec, subject.site
    lookup = Lookup(context, subject.home)
    home = _home(context, lookup, subject)
    if home is None:
        return
    base = home.spec if home is not subject.home else WorkflowSpec()
    check_list(context, site.at("templates"), "spec.templates", spec.templates or (), node=True)
    spec_rules.check_plugins(context, site, spec)
    arguments = _merged(spec.arguments, base.arguments)
    place = site.at("arguments")
    argument_rules.check_names(context, place, "spec.arguments.", arguments)
    options = context.options
    may_lack = not options.submit and (options.lint or context.template_alone)
    _add_globals(context, subject, base, arguments)
    argument_rules.check_values(context, place, "spec.arguments.", arguments, context.globals, may_lack=may_lack)
    defaults = (base.template_defaults, spec.template_defaults)
    if home.kind != "ClusterWorkflowTemplate":
        context.default_container_image = any(item and item.container and item.container.image for item in defaults)
        context.default_script_image = any(item and item.script and item.script.image for item in defaults)
    walker = TemplateWalker(context, lookup)
    _entrypoints(context, walker, lookup, home, subject, arguments)
    spec_rules.check_hooks(context, site, "hooks.", spec.hooks)
    spec_rules.check_pod_gc(context, site, spec)
    template_rules.check_pod_resources(context, site, "spec.podResources", spec.pod_resources)
    for template in home.spec.templates or ():
        found = lookup.named(home, template.name or "")
        if found is not None:
            walker.check(found, site.under(f"templates.{template.name or ''} "))
    walker.finish()


def _home(context: Context, lookup: Lookup, subject: Subject) -> Home | None:
    """The object whose templates run: the workflow's own, or the one that it refers to."""
    reference = subject.spec.workflow_template_ref
    if reference is None:
        return subject.home
    place = subject.site.at("workflowTemplateRef")
    if subject.spec.templates:
        text = "Templates is invalid field in spec if workflow referred WorkflowTemplate reference"
        context.error(Code.REFERENCE_INVALID, subject.site.at("templates"), text)
    name, cluster_scope = reference.name or "", bool(reference.cluster_scope)
    home = lookup.home(name, cluster_scope=cluster_scope)
    if home is None:
        lookup.missing(place, name, cluster_scope=cluster_scope)
    return home


def _merged(own: Arguments | None, base: Arguments | None) -> Arguments:
    """Arguments by name; those of the workflow win, others follow."""
    own, base = own or Arguments(), base or Arguments()
    parameters, artifacts = own.parameters or (), own.artifacts or ()
    taken = {item.name for item in parameters}, {item.name for item in artifacts}
    return Arguments(
        parameters=(*parameters, *(item for item in base.parameters or () if item.name not in taken[0])),
        artifacts=(*artifacts, *(item for item in base.artifacts or () if item.name not in taken[1])),
    )


def _add_globals(context: Context, subject: Subject, base: WorkflowSpec, arguments: Arguments) -> None:
    """What every template can read (``spec/data.md`` 12.2)."""
    names, spec = context.globals, subject.spec
    names.add(f"workflow.{name}" for name in (*_GLOBALS, *_MAPS))
    if arguments.parameters:
        names.add(("workflow.parameters", "workflow.parameters.json"))
    for parameter in arguments.parameters or ():
        names.values[f"workflow.parameters.{parameter.name}"] = parameter.value
    if spec.priority is not None or base.priority is not None:
        names.add(["workflow.priority"])
    _add_metadata(context, subject.metadata)
    _add_metadata(context, spec.workflow_metadata)
    _add_metadata(context, base.workflow_metadata)
    defaults = context.options.defaults
    if defaults is not None:
        _add_metadata(context, defaults.metadata)
        _add_metadata(context, defaults.spec.workflow_metadata if defaults.spec else None)


def _add_metadata(context: Context, metadata: ObjectMeta | WorkflowMetadata | None) -> None:
    if metadata is None:
        return
    computed: Iterable[str] = (metadata.labels_from or ()) if isinstance(metadata, WorkflowMetadata) else ()
    context.globals.add(f"workflow.labels.{key}" for key in (*(metadata.labels or ()), *computed))
    context.globals.add(f"workflow.annotations.{key}" for key in metadata.annotations or ())


def _entrypoints(
    context: Context, walker: TemplateWalker, lookup: Lookup, home: Home, subject: Subject, arguments: Arguments
) -> None:
    """The entrypoint and the exit handler, with the arguments of the workflow."""
    spec, site = subject.spec, subject.site
    inherited = home.spec if home is not subject.home else WorkflowSpec()
    entrypoint = spec.entrypoint or inherited.entrypoint or ""
    if entrypoint:
        _enter(context, walker, lookup, home, subject, (entrypoint, "entrypoint"), arguments)
    elif not (context.template_alone or context.options.ignore_entrypoint):
        hint = f"name one of: {', '.join(home.names()[:5])}" if home.names() else None
        context.error(Code.ENTRYPOINT_MISSING, site, "spec.entrypoint is required", hint=hint)
    on_exit = spec.on_exit or inherited.on_exit or ""
    if on_exit:
        context.globals.add(["workflow.failures"])
        if any(exports_any_artifact(template) for template in home.spec.templates or ()):
            context.globals.open.add(ANY_ARTIFACT)
        _enter(context, walker, lookup, home, subject, (on_exit, "onExit"), arguments)


def _enter(
    context: Context,
    walker: TemplateWalker,
    lookup: Lookup,
    home: Home,
    subject: Subject,
    named: tuple[str, str],
    arguments: Arguments,
) -> None:
    """Check a template that the workflow itself starts."""
    (name, field), site = named, subject.site
    if home is not subject.home and home.index(name) is None:
        cluster = home.kind == "ClusterWorkflowTemplate"
        lookup.not_found(site.at(field), home, home.name, name, cluster_scope=cluster)
        return
    if home.index(name) is None:
        lookup.undefined(site.at(field), home, name)
        return
    found = lookup.resolve(home, WorkflowStep(template=name), site.at(field), context.globals)
    if found is None:
        return
    if context.template_alone:
        walker.check(found, site.at(field))
        walker.finish()
    else:
        walker.enter(found, arguments, site.at(field))
