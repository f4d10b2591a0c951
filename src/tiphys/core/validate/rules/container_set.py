"""Container sets (``spec/data.md`` 14, L5 to L11)."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.template import ContainerNode, Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.kinds import has_main
from tiphys.core.validate.mounts import check_mounts
from tiphys.core.validate.naming import check_list, reserved


def check_container_set(context: Context, site: Site, template: Template) -> None:
    """Containers, their names, mounts and order."""
    container_set = template.container_set
    if container_set is None:
        return
    label = f"templates.{template.name or ''}.containerSet"
    place = site.at("containerSet")
    nodes = container_set.containers or ()
    if not nodes:
        context.error(Code.CONTAINER_SET, place, f"{label}.containers must have at least one container")
        return
    check_list(context, place.at("containers"), f"{label}.containers", nodes, node=True)
    check_mounts(context, place.at("volumeMounts"), f"{label}.", container_set.volume_mounts or (), "")
    _dependencies(context, place, f"{label}.containers", nodes)
    inputs, outputs = template.inputs, template.outputs
    needs_main = (inputs and inputs.artifacts) or (outputs and (outputs.parameters or outputs.artifacts))
    if needs_main and not has_main(template):
        text = f'{label}.containers must have a container named "main" for input or output'
        context.error(Code.CONTAINER_SET, place, text)
    for at, node in enumerate(nodes):
        if reserved(node.name):
            text = f'{label}.containers: "{node.name}" is a reserved Argo container name'
            context.error(Code.CONTAINER_NAME, place.at("containers", at, "name"), text)


def _dependencies(context: Context, site: Site, label: str, nodes: Sequence[ContainerNode]) -> None:
    known = {node.name for node in nodes}
    sound = True
    for at, node in enumerate(nodes):
        for which, dependency in enumerate(node.dependencies or ()):
            if dependency not in known:
                sound = False
                context.error(
                    Code.CONTAINER_SET,
                    site.at("containers", at, "dependencies", which),
                    f"{label}.{node.name} dependency '{dependency}' not defined",
                )
    cycle = _cycle(nodes) if sound else None
    if cycle:
        context.error(Code.CONTAINER_SET, site, f"{label} dependency cycle detected: {'->'.join(cycle)}")


def _cycle(nodes: Sequence[ContainerNode]) -> list[str] | None:
    """The names along a cycle of dependencies, the first one repeated at the end."""
    waits = {node.name: set(node.dependencies or ()) for node in nodes}
    while free := [name for name, dependencies in waits.items() if not dependencies & waits.keys()]:
        for name in free:
            del waits[name]
    if not waits:
        return None
    walked: list[str] = [max(waits)]
    while walked.count(walked[-1]) == 1:
        walked.append(min(waits[walked[-1]] & waits.keys()))
    return walked[walked.index(walked[-1]) :]
