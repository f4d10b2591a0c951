"""Advice on secrets that stand in the manifest; findings never repeat the value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.pod import EnvVar
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site

#: Compiled by ``re`` on first use, so that starting up costs nothing.
_NAME = r"(?i)(?:^|[_-])(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)$"
_VALUE = r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[A-Za-z0-9-]{20}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
_HINT = "keep it in a Secret and refer to it with secretKeyRef"


def check_secrets(context: Context, site: Site, template: Template) -> None:
    """Warn about environment variables and script text that look like secrets."""
    for field, owner in (("container", template.container), ("script", template.script)):
        if owner is not None:
            _environment(context, site.at(field, "env"), owner.env or ())
    if template.script is not None and re.search(_VALUE, template.script.source):
        message = "the script contains what looks like a key"
        context.warn(Code.SECRET_IN_TEXT, site.at("script", "source"), message, _HINT)


def check_parameters(context: Context, site: Site, parameters: Iterable[Parameter]) -> None:
    """Warn about parameters whose name says that their value is secret."""
    for at, parameter in enumerate(parameters):
        if _secret(parameter.name, parameter.value):
            message = f"the value of parameter '{parameter.name}' looks like a secret in plain text"
            context.warn(Code.SECRET_IN_TEXT, site.at(at, "value"), message, _HINT)


def _environment(context: Context, site: Site, variables: Iterable[EnvVar]) -> None:
    for at, variable in enumerate(variables):
        if _secret(variable.name, variable.value):
            message = f"the value of variable '{variable.name}' looks like a secret in plain text"
            context.warn(Code.SECRET_IN_TEXT, site.at(at, "value"), message, _HINT)


def _secret(name: str, value: str | None) -> bool:
    if not value or "{{" in value or "$(" in value:
        return False
    return bool(re.search(_VALUE, value) or (re.search(_NAME, name) and len(value) >= 6))
