"""From a call to the template that it names (``spec/data.md`` 13, H1 to H7)."""

from __future__ import annotations

from tiphys.core.manifest.model.strategy import TemplateRef
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Holder, Home, Resolved, Site, near
from tiphys.core.validate.scope import PLACEHOLDER, Names

_EMPTY = WorkflowSpec()


class Lookup:
    """Finds templates by name; each object of the library is asked for once."""

    def __init__(self, context: Context, own: Home) -> None:
        self._context = context
        metadata = context.document.manifest.metadata
        self._namespace = (metadata.namespace if metadata else None) or ""
        self._homes: dict[tuple[bool, str], Home | None] = {}
        if own.kind in {"WorkflowTemplate", "ClusterWorkflowTemplate"}:
            self._homes[own.kind == "ClusterWorkflowTemplate", own.name] = own

    def home(self, name: str, *, cluster_scope: bool) -> Home | None:
        """An object of the library."""
        key = (cluster_scope, name)
        if key not in self._homes:
            library = self._context.library
            found = (
                library.cluster_workflow_template(name)
                if cluster_scope
                else library.workflow_template(self._namespace, name)
            )
            kind = "ClusterWorkflowTemplate" if cluster_scope else "WorkflowTemplate"
            self._homes[key] = Home(kind, name, found.spec or _EMPTY) if found is not None else None
        return self._homes[key]

    def missing(self, site: Site, name: str, *, cluster_scope: bool) -> None:
        """Report that an object of the library does not exist."""
        resource = "clusterworkflowtemplates" if cluster_scope else "workflowtemplates"
        hint = near(name, self._context.library.names(cluster_scope))
        if not self._context.options.strict_refs:
            self._outside(site, name, hint, cluster_scope=cluster_scope)
            return
        text = f'{resource}.argoproj.io "{name}" not found'
        if self._context.options.offline:
            place = "" if cluster_scope else f' in namespace "{self._namespace}"'
            text = f'couldn\'t find {"cluster " if cluster_scope else ""}workflow template "{name}"{place}'
        self._context.error(Code.RESOURCE_UNKNOWN, site, text, hint=hint)

    def _outside(self, site: Site, name: str, hint: str | None, *, cluster_scope: bool) -> None:
        """Warn about an object that may exist where the manifest will run."""
        kind = "ClusterWorkflowTemplate" if cluster_scope else "WorkflowTemplate"
        message = f"{kind} '{name}' is not among the files given, so what it holds is not checked"
        self._context.warn(Code.RESOURCE_UNKNOWN, site, message, hint or "give its file too")

    def resolve(self, home: Home, holder: Holder, site: Site, names: Names) -> Resolved | None:
        """The template of a call; ``None`` when there is none (reported), or when only the run knows it."""
        if holder.template_ref is not None:
            return self._reference(home, holder, holder.template_ref, site, names)
        name = names.expand(holder.template or "")
        if name and home.index(name) is None:
            self.undefined(site.at("template"), home, name)
            return None
        if holder.inline is not None:
            return self._inline(home, holder, site)
        if not name:
            self._context.error(
                Code.REFERENCE_INVALID,
                site,
                "failed to get a template",
                message="nothing says which template to run",
                hint="give it one of: template, templateRef, inline",
            )
            return None
        return self.named(home, name)

    def named(self, home: Home, name: str) -> Resolved | None:
        """A template of an object by its name."""
        at = home.index(name)
        if at is None:
            return None
        path = (*home.path, "templates", at) if home.path is not None else None
        return Resolved(home, (home.spec.templates or ())[at], path)

    def _inline(self, home: Home, holder: Holder, site: Site) -> Resolved | None:
        if holder.inline is None:
            return None
        path = None if site.foreign or home.path is None else (*site.path, "inline")
        return Resolved(home, holder.inline, path)

    def undefined(self, site: Site, home: Home, name: str) -> None:
        """Report that an object has no template of a name."""
        self._context.error(
            Code.TEMPLATE_UNKNOWN,
            site,
            f"template name '{name}' undefined",
            message=f"there is no template named '{name}'",
            hint=near(name, home.names()),
        )

    def _reference(
        self, home: Home, holder: Holder, reference: TemplateRef, site: Site, names: Names
    ) -> Resolved | None:
        context, place = self._context, site.at("templateRef")
        problems = (
            (bool(holder.template), "template name cannot be specified with templateRef"),
            (not reference.name, "resource name is required"),
            (not reference.template, "template name is required"),
        )
        for wrong, text in problems:
            if wrong:
                context.error(Code.REFERENCE_INVALID, place, text)
        if any(wrong for wrong, _ in problems):
            return None
        resource, template = names.expand(reference.name or ""), names.expand(reference.template or "")
        if any(mark in text for mark in ("{{", PLACEHOLDER) for text in (resource, template)):
            return None
        cluster_scope = bool(reference.cluster_scope)
        other = self.home(resource, cluster_scope=cluster_scope)
        if holder.inline is not None:
            if other is None:
                self.missing(place, resource, cluster_scope=cluster_scope)
                return None
            return self._inline(home, holder, site)
        found = self.named(other, template) if other is not None else None
        if found is None:
            self.not_found(place, other, resource, template, cluster_scope=cluster_scope)
        return found

    def not_found(self, site: Site, home: Home | None, resource: str, template: str, *, cluster_scope: bool) -> None:
        """Report that a template of another object does not exist."""
        kind = "ClusterWorkflowTemplate" if cluster_scope else "WorkflowTemplate"
        if home is None:
            message = f"there is no {kind} named '{resource}'"
            hint = near(resource, self._context.library.names(cluster_scope))
            if not self._context.options.strict_refs:
                self._outside(site, resource, hint, cluster_scope=cluster_scope)
                return
        else:
            message = f"{kind} '{resource}' has no template named '{template}'"
            hint = near(template, home.names())
        text = f"template reference {resource}.{template} not found"
        self._context.error(Code.TEMPLATE_UNKNOWN, site, text, message=message, hint=hint)
