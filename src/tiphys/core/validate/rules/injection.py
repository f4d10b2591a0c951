"""Advice on values that become part of source code.

What counts without being asked for are the workflow's arguments, directly or passed on through inputs: whoever
submits the workflow decides what they are.  Outputs of other steps count when all injections are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.template.tagscan import tags
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Home, Site
from tiphys.core.validate.survey import calls, templates

#: Compiled by ``re`` on first use, so that starting up costs nothing.
_WORKFLOW = r"\bworkflow\s*(?:\.\s*parameters\b|\[\s*['\"]parameters)"
_INPUT = r"\binputs\s*\.\s*parameters\s*(?:\.\s*([\w-]+)|\[\s*['\"]([\w-]+)['\"]\s*\])"
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "python", "python3", "node", "perl", "ruby")
#: Functions that make text harmless wherever it is put: ``{{=toJson(inputs.parameters.x)}}``.
_HARMLESS = r"\b(?:toJson|toJSON|toBase64|sprig\.(?:b64enc|toJson|squote|quote)|asInt|asFloat|int|float)\s*\("


def outside(home: Home, site: Site) -> Mapping[str, frozenset[str]]:
    """The inputs of each template that can get a value of the workflow's arguments."""
    every = {template.name or "": template for _, template in templates(home, site)}
    found: dict[str, set[str]] = {name: set() for name in every}
    for name in _entered(home.spec, every):
        found[name] |= _inputs(every[name])
    passed = [edge for template in every.values() for edge in _passed(site, template)]
    grown = True
    while grown:
        grown = False
        for caller, callee, name, text in passed:
            if callee in found and name not in found[callee] and _is_outside(text, frozenset(found[caller])):
                found[callee].add(name)
                grown = True
    return {name: frozenset(names) for name, names in found.items()}


def _entered(spec: WorkflowSpec, every: Mapping[str, Template]) -> Iterator[str]:
    """The templates that get the workflow's arguments as their inputs."""
    yield from (name for name in (spec.entrypoint, spec.on_exit) if name and name in every)


def _inputs(template: Template) -> set[str]:
    return {item.name for item in (template.inputs.parameters if template.inputs else None) or ()}


def _passed(site: Site, template: Template) -> Iterator[tuple[str, str, str, str]]:
    """Caller, callee, name and text of every argument that a template passes on."""
    for call in calls(site, template):
        callee = call.node.template or (call.node.inline.name if call.node.inline else "") or ""
        for item in (call.node.arguments.parameters if call.node.arguments else None) or ():
            if item.value is not None:
                yield template.name or "", callee, item.name, item.value


def _is_outside(text: str, names: frozenset[str]) -> bool:
    for tag in tags(text):
        inputs = {first or second for first, second in re.findall(_INPUT, tag.content)}
        if re.search(_WORKFLOW, tag.content) or inputs & names:
            return not (tag.kind == "expression" and re.search(_HARMLESS, tag.content))
    return False


def check_injection(context: Context, site: Site, template: Template, names: frozenset[str] | None) -> None:
    """Warn about parameters in the source of a script or of ``sh -c``; ``names`` are the inputs that count, or all."""
    if template.script is not None:
        _source(context, site.at("script", "source"), template.script.source, names)
    container = template.container
    if container is None:
        return
    words = (*(container.command or ()), *(container.args or ()))
    if words and words[0].rpartition("/")[2] in _SHELLS and "-c" in words:
        for field, texts in (("command", container.command or ()), ("args", container.args or ())):
            for at, text in enumerate(texts):
                _source(context, site.at("container", field, at), text, names)


def _source(context: Context, site: Site, text: str, names: frozenset[str] | None) -> None:
    for tag in tags(text):
        inputs = {first or second for first, second in re.findall(_INPUT, tag.content)}
        counts = bool(re.search(_WORKFLOW, tag.content)) or bool(inputs if names is None else inputs & names)
        if not counts or (tag.kind == "expression" and re.search(_HARMLESS, tag.content)):
            continue
        context.warn(
            Code.CODE_INJECTION,
            site,
            f"the value of '{tag.content.strip(' ')}' becomes part of source code: whoever sets it can run anything",
            "pass it through an environment variable",
        )
        return
