"""The walk over templates, from a call to what it calls (``spec/data.md`` 13).

A template is looked into once, where it is first called, as Argo does; its findings carry the calls that led there.
"""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.context import Context, Holder, Home, Resolved, Site
from tiphys.core.validate.kinds import is_leaf, makes_pod, types_of
from tiphys.core.validate.lookup import Lookup
from tiphys.core.validate.rules import (
    arguments as argument_rules,
)
from tiphys.core.validate.rules import (
    container_set,
    inputs,
    leaf,
    metrics,
    outputs,
    resource,
    templates,
    variables,
)
from tiphys.core.validate.scope import Names
from tiphys.core.validate.steps import check_steps

#: Calls deeper than this are looked into after the others, so that long chains do not exhaust the stack.
_DEEP = 40


class TemplateWalker:
    """Checks templates; implements ``tiphys.core.validate.context.Walker``."""

    def __init__(self, context: Context, lookup: Lookup) -> None:
        self._context = context
        self._lookup = lookup
        self._depth = 0
        self._postponed: list[tuple[Resolved, Site]] = []

    def call(self, home: Home, holder: Holder, site: Site, names: Names) -> Resolved | None:
        """Resolve a call and check its template with all inputs taken as supplied."""
        resolved = self._lookup.resolve(home, holder, site, names)
        if resolved is not None:
            self.check(resolved, site)
        return resolved

    def supply(self, callee: Resolved, arguments: Arguments | None, site: Site) -> None:
        """Check the arguments of a call against the inputs of its template."""
        if len(types_of(callee.template)) == 1:
            argument_rules.check_supplied(self._context, site, callee.template, arguments)

    def enter(self, callee: Resolved, arguments: Arguments | None, site: Site) -> None:
        """Check a template with the arguments that it will really get."""
        self.check(callee, site, arguments or Arguments())
        self.finish()

    def finish(self) -> None:
        """Look into the templates that were postponed."""
        while self._postponed:
            callee, site = self._postponed.pop(0)
            self.check(callee, site)

    def check(self, callee: Resolved, site: Site, arguments: Arguments | None = None) -> None:
        """Check a template; ``arguments`` is ``None`` when its inputs count as supplied."""
        template = callee.template
        key: object = (id(callee.home), template.name) if template.name else id(template)
        if key in self._context.checked:
            if arguments is not None:
                self.supply(callee, arguments, site)
            return
        if self._depth >= _DEEP:
            self._postponed.append((callee, site))
            return
        self._context.checked.add(key)
        self._depth += 1
        self._check(callee, site, arguments)
        self._depth -= 1

    def _check(self, callee: Resolved, site: Site, arguments: Arguments | None) -> None:
        context, template = self._context, callee.template
        place = self._place(callee, site)
        if not templates.check_type(context, place, template):
            return
        templates.check_pod_fields(context, place, template)
        inputs.check_inputs(context, place, template)
        templates.check_init_containers(context, place, template)
        if arguments is not None:
            self.supply(callee, arguments, site)
        names = _scope(context, template, arguments)
        templates.check_times(context, place, template, names)
        if len(types_of(template)) > 1:
            return
        if is_leaf(template):
            self._leaf(place, template, names, arguments)
        elif template.steps is not None:
            self._composite_inputs(place, template, names)
            check_steps(context, self, callee.home, place, template, names)
        else:
            from tiphys.core.validate.dag import check_dag  # only needed where there is a DAG

            self._composite_inputs(place, template, names)
            check_dag(context, self, callee.home, place, template, names)
        out = place.at("outputs")
        outputs.check_names(context, out, template)
        if not is_leaf(template):
            lead = f"templates.{template.name or ''}.outputs "
            variables.check_tags(context, out, lead, template.outputs, names)
        outputs.check_outputs(context, out, template)
        outputs.check_archive_location(context, place, template)
        metrics.check_metrics(context, place, template)

    def _place(self, callee: Resolved, site: Site) -> Site:
        """Where findings about the template stand: at the template, or at the call when it is elsewhere."""
        if callee.path is not None and not site.foreign:
            return Site(site.prefix, callee.path)
        return Site(site.prefix, site.path, f"{callee.home.kind} {callee.home.name}")

    def _leaf(self, site: Site, template: Template, names: Names, arguments: Arguments | None) -> None:
        context = self._context
        lead = f"templates.{template.name or ''}: "
        self._input_tags(site, lead, template, names, arguments)
        variables.check_tags(context, site, lead, template, names, skip=frozenset(("inputs", "name")))
        leaf.check_container(context, site, template, names)
        container_set.check_container_set(context, site, template)
        leaf.check_sidecars(context, site, template)
        resource.check_resource(context, site, template, names)
        leaf.check_script(context, site, template, names)
        leaf.check_limits(context, site, template, names)

    def _composite_inputs(self, site: Site, template: Template, names: Names) -> None:
        """Tags in what the inputs of Steps and DAG templates declare, which Argo does not look at."""
        if not self._context.options.advise:
            return
        for at, parameter in enumerate((template.inputs.parameters if template.inputs else None) or ()):
            place = site.at("inputs", "parameters", at)
            for field, text in (("default", parameter.default), ("value", parameter.value)):
                variables.warn_tags(self._context, place.at(field), text, names)

    def _input_tags(self, site: Site, lead: str, template: Template, names: Names, arguments: Arguments | None) -> None:
        """Tags in values that the inputs keep; a supplied value takes the place of the declared one."""
        if template.inputs is None:
            return
        given = {item.name: item for item in (arguments.parameters if arguments else None) or ()}
        for at, parameter in enumerate(template.inputs.parameters or ()):
            place = site.at("inputs", "parameters", at)
            variables.check_tags(self._context, place.at("default"), lead, parameter.default, names)
            if arguments is not None:
                kept = given.get(parameter.name, parameter)
                variables.check_tags(self._context, place.at("value"), lead, kept.value, names)
        for at, artifact in enumerate(template.inputs.artifacts or ()):
            variables.check_tags(self._context, site.at("inputs", "artifacts", at), lead, artifact, names)


def _scope(context: Context, template: Template, arguments: Arguments | None) -> Names:
    """The variables of a template before any of its steps (``spec/data.md`` 18.4)."""
    names = Names(context.globals)
    given = {item.name: item.value for item in (arguments.parameters if arguments else None) or ()}
    if template.inputs is not None:
        for parameter in template.inputs.parameters or ():
            value = parameter.value if parameter.value is not None else parameter.default
            literal = given.get(parameter.name, value) if arguments is not None else None
            names.values[f"inputs.parameters.{parameter.name}"] = literal
            names.values["inputs.parameters"] = None
        for artifact in template.inputs.artifacts or ():
            names.add((f"inputs.artifacts.{artifact.name}", f"inputs.artifacts.{artifact.name}.path"))
    if makes_pod(template):
        names.add(["pod.name"])
    return names
