"""Tags that name nothing (``spec/data.md`` 18, ``spec/expressions.md`` 23)."""

from __future__ import annotations

import msgspec

from tiphys.core.template.tagscan import unclosed
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site, near
from tiphys.core.validate.scope import CHECKED, Names
from tiphys.core.validate.tags import tagged_strings


def warn_tags(context: Context, site: Site, record: msgspec.Struct | str | None, names: Names) -> None:
    """Warn about tags that name nothing where Argo does not look: they stay as they are written."""
    for path, text in tagged_strings(record):
        for tag in names.unresolved(text):
            name = tag.strip(" ")
            if not (context.template_alone and name.startswith("workflow.parameters")):
                message = f"no variable is named '{name}' here: the tag stays as it is"
                context.warn(Code.VARIABLE_UNKNOWN, site.at(*path), message, near(name, names))


def check_tags(
    context: Context,
    site: Site,
    lead: str,
    record: msgspec.Struct | str | None,
    names: Names,
    skip: frozenset[str] = frozenset(),
) -> None:
    """Report every tag of a record that is not in scope; ``lead`` stands before ``failed to resolve``."""
    for path, text in tagged_strings(record, skip=skip):
        start = unclosed(text)
        if start is not None and text[start + 2 :].lstrip(" ").startswith(CHECKED):
            # Argo goes on to the next "}}" of the JSON text, so its message shows whatever stands there.
            message = "a tag is opened with '{{' and never closed"
            context.refuse(Code.VARIABLE_UNKNOWN, site.at(*path), message, "close it with '}}'")
        for tag in names.unresolved(text):
            name = tag.strip(" ")
            if context.template_alone and name.startswith("workflow.parameters"):
                continue
            context.error(
                Code.VARIABLE_UNKNOWN,
                site.at(*path),
                f"{lead}failed to resolve {{{{{tag}}}}}",
                message=f"no variable is named '{name}' here: failed to resolve {{{{{tag}}}}}",
                hint=near(name, names) or _elsewhere(name),
            )


def _elsewhere(name: str) -> str | None:
    """What to do where a template reads the steps around its caller."""
    if not name.startswith(("steps.", "tasks.")):
        return None
    return "a template knows its own inputs and the variables of the workflow: pass the value as an argument"
