"""What the calls of a workflow can reach outside it: templates of other resources and keys of config maps.

A name with a tag in it is known only at run time, so everything that it may turn out to be counts as reachable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.strategy import LifecycleHook, Synchronization, TemplateRef
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.executed import INLINE
from tiphys.core.plan.merge import merge_pod_metadata
from tiphys.core.validate.library import Library

#: Scope and name of a (Cluster)WorkflowTemplate; None is the workflow itself.
Home = tuple[str, str] | None


class Reached(Struct):
    """Templates by the keys of ``status.storedTemplates``; names and keys of config maps as they are written."""

    templates: dict[str, Template] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)
    semaphores: set[tuple[str, str]] = field(default_factory=set)

    def config_maps(self, library: Library, namespace: str) -> dict[str, dict[str, str]]:
        """The part of the config maps that can be read."""
        found: dict[str, dict[str, str]] = {}
        _add(found, library.config_maps(namespace), self.keys)
        _add(found, library.semaphores(namespace), self.semaphores)
        return found


def _add(
    found: dict[str, dict[str, str]], known: Mapping[str, Mapping[str, str]], keys: Iterable[tuple[str, str]]
) -> None:
    for name, key in sorted(keys):
        names = list(known) if _late(name) else [name] if name in known else []
        for each in names:
            values = found.setdefault(each, {})
            values.update({k: value for k, value in known[each].items() if _late(key) or k == key})


def reach(spec: WorkflowSpec, stored: Mapping[str, Template], library: Library, namespace: str) -> Reached:
    """Everything that a spec can reach; templates stored already are taken as they are."""
    walker = _Walker(stored, library, namespace)
    walker.arguments(spec.arguments)
    walker.locks(spec.synchronization)
    for template in spec.templates or ():
        walker.template(None, template)
    walker.hooks(None, spec.hooks)
    walker.finish()
    return walker.reached


class _Walker:
    def __init__(self, stored: Mapping[str, Template], library: Library, namespace: str) -> None:
        self.library = library
        self.namespace = namespace
        self.reached = Reached(dict(stored))
        self.todo: list[tuple[Home, Template]] = []
        self.walked: set[str] = set()

    def finish(self) -> None:
        """Walk the templates that were found on the way; a list and no recursion, since they may form long chains."""
        while self.todo:
            self.template(*self.todo.pop())

    def template(self, home: Home, template: Template) -> None:
        """Note what the calls of a template reach."""
        self.parameters((template.inputs.parameters if template.inputs else None) or ())
        self.locks(template.synchronization)
        for call in _calls(template):
            self.arguments(call.arguments)
            self.hooks(home, call.hooks)
            if call.template_ref is not None:
                self.reference(call.template_ref)
            for name in (call.template, call.on_exit):
                self.local(home, name)
            if call.inline is not None:
                if home is not None:
                    self.reached.templates.setdefault("/".join((*home, INLINE + (call.name or ""))), call.inline)
                self.template(home, call.inline)

    def hooks(self, home: Home, hooks: Mapping[str, LifecycleHook] | None) -> None:
        """Note what hooks reach."""
        for hook in (hooks or {}).values():
            self.arguments(hook.arguments)
            self.local(home, hook.template)
            if hook.template_ref is not None:
                self.reference(hook.template_ref)

    def arguments(self, arguments: Arguments | None) -> None:
        """Note config maps that arguments read."""
        self.parameters((arguments.parameters if arguments is not None else None) or ())

    def locks(self, synchronization: Synchronization | None) -> None:
        """Note config maps that hold the limits of semaphores."""
        for semaphore in (synchronization.semaphores if synchronization is not None else None) or ():
            reference = semaphore.config_map_key_ref
            if reference is not None:
                self.reached.semaphores.add((reference.name or "", reference.key))

    def parameters(self, parameters: Iterable[Parameter]) -> None:
        """Note config maps that parameters read."""
        for parameter in parameters:
            source = parameter.value_from
            if source is not None and source.config_map_key_ref is not None:
                self.reached.keys.add((source.config_map_key_ref.name or "", source.config_map_key_ref.key))

    def local(self, home: Home, name: str | None) -> None:
        """A template named inside a resource; those of the workflow itself are not stored."""
        if home is not None and name:
            self.add(home, name)

    def reference(self, reference: TemplateRef) -> None:
        """A template of a resource."""
        scope, name = "cluster" if reference.cluster_scope else "namespaced", reference.name or ""
        names = self.library.names(bool(reference.cluster_scope)) if _late(name) else (name,)
        for each in names:
            self.add((scope, each), reference.template or "")

    def add(self, home: tuple[str, str], name: str) -> None:
        """Store a template of a resource, or all when the name is known only later or is not there.

        One that is not there is an error of the call, whose text depends on whether the resource exists.
        """
        templates = self.templates(home)
        wanted = (name,) if name in templates else tuple(templates)
        for each in wanted:
            key = "/".join((*home, each))
            if key not in self.walked:
                self.walked.add(key)
                self.reached.templates[key] = templates[each]
                self.todo.append((home, templates[each]))

    def templates(self, home: tuple[str, str]) -> dict[str, Template]:
        """The templates of a resource by name; those stored already win over the library's."""
        scope, resource = home
        found = (
            self.library.cluster_workflow_template(resource)
            if scope == "cluster"
            else self.library.workflow_template(self.namespace, resource)
        )
        spec = (found.spec if found is not None else None) or WorkflowSpec()
        known = {item.name or "": merge_pod_metadata(item, spec.pod_metadata) for item in spec.templates or ()}
        lead = f"{scope}/{resource}/"
        for key, template in self.reached.templates.items():
            if key.startswith(lead) and not key.startswith(lead + INLINE):
                known[key.removeprefix(lead)] = template
        return known


def _calls(template: Template) -> Iterator[WorkflowStep | DAGTask]:
    for group in template.steps or ():
        yield from group
    if template.dag is not None:
        yield from template.dag.tasks or ()


def _late(name: str) -> bool:
    return "{{" in name
