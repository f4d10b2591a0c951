"""Advice on values that become part of source code; off unless asked for, because it is common."""

from __future__ import annotations

from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.tags import simple_tags

_OUTSIDE = ("inputs.parameters.", "workflow.parameters.")
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "python", "python3", "node", "perl", "ruby")


def check_injection(context: Context, site: Site, template: Template) -> None:
    """Warn about parameters inside the source of a script or of ``sh -c``."""
    if template.script is not None:
        _source(context, site.at("script", "source"), template.script.source)
    container = template.container
    if container is None:
        return
    words = (*(container.command or ()), *(container.args or ()))
    if words and words[0].rpartition("/")[2] in _SHELLS and "-c" in words:
        for field, texts in (("command", container.command or ()), ("args", container.args or ())):
            for at, text in enumerate(texts):
                _source(context, site.at("container", field, at), text)


def _source(context: Context, site: Site, text: str) -> None:
    for tag in simple_tags(text):
        if tag.strip(" ").startswith(_OUTSIDE):
            context.warn(
                Code.CODE_INJECTION,
                site,
                f"the value of '{tag.strip(' ')}' becomes part of source code",
                "pass it through an environment variable",
            )
            return
