"""How things may be called (``spec/data.md`` 12 and 12.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.scope import PLACEHOLDER

_NODE = (
    "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character "
    "(e.g. My-name1-2, 123-NAME)"
)
PARAMETER_RULE = (
    "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1"
)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NODE_LETTERS = _LETTERS | {"-"}
_PARAMETER_LETTERS = _LETTERS | {"-", "_"}


class Named(Protocol):
    """A thing in a list."""

    @property
    def name(self) -> str | None:
        """Its name."""


def node_name_problem(name: str) -> str | None:
    """Why a name is not fit for a template, step, task or container; ``None`` when it is.

    A placeholder inside the name counts as a letter.
    """
    plain = name.replace(PLACEHOLDER, "a")
    problems = []
    if len(plain.encode()) > 128:
        problems.append("must be no more than 128 characters")
    if not plain or plain[0] not in _LETTERS or not _NODE_LETTERS.issuperset(plain):
        problems.append(_NODE)
    return ";".join(problems) or None


def parameter_name_problem(name: str) -> str | None:
    """Why a name is not fit for a parameter or artifact; ``None`` when it is."""
    return None if name and _PARAMETER_LETTERS.issuperset(name) else PARAMETER_RULE


def check_list(context: Context, site: Site, label: str, items: Sequence[Named], *, node: bool) -> None:
    """Report missing, invalid and doubled names of a list; ``label`` is the list as Argo's texts name it."""
    seen: set[str] = set()
    for at, item in enumerate(items):
        place, name = site.at(at, "name"), item.name or ""
        if not name:
            context.error(Code.NAME_MISSING, place, f"{label}[{at}].name is required")
            continue
        problem = node_name_problem(name) if node else parameter_name_problem(name)
        if problem:
            context.error(Code.NAME_INVALID, place, f"{label}[{at}].name: '{name}' is invalid: {problem}")
        if name in seen:
            context.error(Code.NAME_TAKEN, place, f"{label}[{at}].name '{name}' is not unique")
        seen.add(name)


def reserved(name: str) -> bool:
    """True for names of containers that Argo adds to a pod."""
    return name in {"wait", "supervisor"} or name.startswith("artifact-plugin-")
