"""Templates that run something themselves (``spec/data.md`` 14)."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.mounts import check_mounts
from tiphys.core.validate.naming import reserved
from tiphys.core.validate.scope import PLACEHOLDER, Names


def check_container(context: Context, site: Site, template: Template, names: Names) -> None:
    """Mounts and image of a container."""
    container = template.container
    if container is None:
        return
    label, place = f"templates.{template.name or ''}", site.at("container")
    mounts = container.volume_mounts or ()
    taken = check_mounts(context, place.at("volumeMounts"), f"{label}.container.", mounts, "container.")
    for at, artifact in enumerate((template.inputs.artifacts if template.inputs else None) or ()):
        path = artifact.path or ""
        if path in taken:
            context.error(
                Code.MOUNT_CONFLICT,
                site.at("inputs", "artifacts", at, "path"),
                f"{label}.inputs.artifacts[{at}].path '{path}' already mounted in {taken[path]}",
            )
        taken[path] = f"inputs.artifacts.{artifact.name}"
    if not names.expand(container.image) and not context.default_container_image:
        context.error(Code.IMAGE_MISSING, place, f"{label}.container.image may not be empty")


def check_script(context: Context, site: Site, template: Template, names: Names) -> None:
    """A script has an image."""
    script = template.script
    if script is not None and not names.expand(script.image) and not context.default_script_image:
        text = f"templates.{template.name or ''}.script.image may not be empty"
        context.error(Code.IMAGE_MISSING, site.at("script"), text)


def check_sidecars(context: Context, site: Site, template: Template) -> None:
    """Sidecars keep out of the names of Argo's own containers."""
    for at, sidecar in enumerate(template.sidecars or ()):
        if reserved(sidecar.name):
            context.error(
                Code.CONTAINER_NAME,
                site.at("sidecars", at, "name"),
                f'templates.{template.name or ""}.sidecars: "{sidecar.name}" is a reserved Argo container name',
            )


def check_limits(context: Context, site: Site, template: Template, names: Names) -> None:
    """Deadline and parallelism."""
    label, deadline = f"templates.{template.name or ''}", template.active_deadline_seconds
    if deadline is not None and not _deadline(names.expand(str(deadline))):
        context.error(
            Code.VALUE_INVALID,
            site.at("activeDeadlineSeconds"),
            f"{label}.activeDeadlineSeconds must be a positive integer > 0 or an argo variable",
        )
    if template.parallelism is not None:
        text = f"{label}.parallelism is only valid for steps and dag templates"
        context.error(Code.FIELD_MISPLACED, site.at("parallelism"), text)


def _deadline(text: str) -> bool:
    if text == PLACEHOLDER or (text.startswith("{{") and text.endswith("}}")):
        return True
    digits = text.removeprefix("+")
    return digits.isdecimal() and digits.isascii()
