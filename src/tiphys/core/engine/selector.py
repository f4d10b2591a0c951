"""Node field selectors: which nodes a person means (``spec/engine.md`` 18.4)."""

from __future__ import annotations

import re

from msgspec import Struct

from tiphys.core.manifest.model.workflow import NodeStatus

_TERM = r"(?s)(?P<key>[^=!]*)(?P<sign>==|!=|=)(?P<value>(?:[^\\=,]|\\.)*)\Z"
_ESCAPE = r"(?s)\\(.)"
_INPUT = r"(?s)inputs\.parameters\.(.+)\.value\Z"


class SelectorError(ValueError):
    """The text is no selector; the message is Argo's."""


class Term(Struct, frozen=True):
    """One comparison: ``equal`` False is ``!=``."""

    key: str
    equal: bool
    value: str


class NodeSelector(Struct, frozen=True):
    """A parsed selector.  All terms must hold; a field that a node does not have is the empty text."""

    text: str
    terms: tuple[Term, ...]

    def matches(self, status: NodeStatus) -> bool:
        """True when every term holds for the node."""
        return all((_field(status, term.key) == term.value) is term.equal for term in self.terms)


def parse_selector(text: str) -> NodeSelector:
    """Parse ``key=value,key!=value``; a backslash takes the meaning from the comma, sign or backslash behind it.

    Raises:
        SelectorError: a part is no comparison.

    Example:
        >>> parse_selector("displayName=approve,phase!=Failed").terms[1]
        Term(key='phase', equal=False, value='Failed')
    """
    terms = []
    for part in _parts(text):
        if not part:
            continue
        match = re.match(_TERM, part)
        if match is None:
            raise SelectorError(
                f"unable to parse node field selector '{text}': invalid selector: '{text}'; can't understand '{part}'"
            )
        value = re.sub(_ESCAPE, r"\1", match["value"])
        terms.append(Term(match["key"], match["sign"] != "!=", value))
    return NodeSelector(text, tuple(terms))


def _parts(text: str) -> list[str]:
    """The comma-separated parts; an escaped comma separates nothing."""
    return re.findall(r"(?:[^\\,]|\\.)+|\\\Z", text, re.DOTALL)


def _field(status: NodeStatus, key: str) -> str:
    ref = status.template_ref
    fields = {
        "displayName": status.display_name,
        "templateName": status.template_name,
        "phase": status.phase,
        "name": status.name,
        "id": status.id,
        "templateRef.name": ref.name if ref is not None else None,
        "templateRef.template": ref.template if ref is not None else None,
    }
    if key in fields:
        return fields[key] or ""
    match = re.match(_INPUT, key)
    inputs = status.inputs
    if match is None or inputs is None:
        return ""
    return next((parameter.value or "" for parameter in inputs.parameters or () if parameter.name == match[1]), "")
