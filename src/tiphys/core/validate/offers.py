"""What steps and tasks offer to those that come after them (``spec/data.md`` 17.3, 18.3)."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.context import Context
from tiphys.core.validate.kinds import has_result, type_of
from tiphys.core.validate.scope import Names, Offer
from tiphys.core.validate.tags import simple_tags

#: The prefix of global artifacts: open where a globalName has a tag.
ANY_ARTIFACT = "workflow.outputs.artifacts."
_ALWAYS = ("id", "startedAt", "finishedAt", "hostNodeName")


def offer_of(template: Template | None, *, looped: bool, status: bool) -> Offer:
    """The variables that a step or task with this template offers once it is done.

    ``looped`` is for withItems and withParam; without a template everything is possible.
    """
    if template is None:
        return Offer(unknown=True)
    names = {*_ALWAYS, *(("status",) if status else ())}
    kind = type_of(template)
    if template.daemon:
        names.add("ip")
    if has_result(template) or (looped and kind in {"Script", "ContainerSet"}):
        names.update(("outputs.result", "exitCode"))
    if looped:
        names.add("outputs.parameters")
    if template.outputs is not None:
        names.update(f"outputs.parameters.{item.name}" for item in template.outputs.parameters or ())
        names.update(f"outputs.artifacts.{item.name}" for item in template.outputs.artifacts or ())
    return Offer(frozenset(names))


def add_global_outputs(context: Context, template: Template | None, names: Names) -> None:
    """Make the global names of a template's outputs known; a name with a tag stands for any name."""
    if template is None or template.outputs is None:
        return
    exports = [("parameters", item.global_name) for item in template.outputs.parameters or ()]
    exports += [("artifacts", item.global_name) for item in template.outputs.artifacts or ()]
    for kind, name in exports:
        if name and not _is_open(name):
            context.globals.add([f"workflow.outputs.{kind}.{name}"])
        elif name:
            names.open.add(f"workflow.outputs.{kind}.")
            if kind == "artifacts":
                context.globals.open.add(ANY_ARTIFACT)


def exports_any_artifact(template: Template) -> bool:
    """True if the global name of an output artifact has a tag: an exit handler may then read any global artifact."""
    artifacts = template.outputs.artifacts if template.outputs is not None else None
    return any(_is_open(item.global_name) for item in artifacts or ())


def _is_open(name: str | None) -> bool:
    return next(simple_tags(name or ""), None) is not None
