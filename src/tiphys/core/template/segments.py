"""The parts of a string: literal text and tags that render themselves (``spec/expressions.md`` 2.2-2.10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from tiphys.core.template.errors import AbsentOptionalError, MissingVariableError, TemplateError
from tiphys.core.template.gotext import go_quote, json_text
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope, ScopeValue
from tiphys.core.template.tagscan import CLOSE, OPEN

if TYPE_CHECKING:
    from tiphys.core.expr.program import Program

#: Tags below these roots must resolve in SIBLINGS mode.
SIBLING_ROOTS = ("steps", "tasks")

#: Names that come into scope later: an expression that mentions a missing one is left alone (2.10).
LATE = (
    "item",
    "retries",
    "lastRetry.exitCode",
    "lastRetry.status",
    "lastRetry.duration",
    "lastRetry.message",
    "workflow.status",
    "workflow.failures",
)

#: Stands for "no such name"; a string with a character that no name has, so that types stay simple.
_MISSING = "\0missing"


class Segment(Protocol):
    """A tag."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that it may read."""

    def render(self, scope: Scope, mode: Mode) -> str:
        """The text that stands in its place."""


class SimpleTag:
    """``{{name}}``."""

    __slots__ = ("_sibling", "content", "name")

    def __init__(self, content: str) -> None:
        self.content = content
        self.name = content.strip(" ")
        self._sibling = is_sibling(self.name) and ".outputs.artifacts." not in self.name

    @property
    def names(self) -> frozenset[str]:
        """The one name."""
        return frozenset((self.name,))

    def render(self, scope: Scope, mode: Mode) -> str:
        """The value, or the tag itself where the mode allows it."""
        value = scope.get(self.name, _MISSING)
        if isinstance(value, str) and value is not _MISSING:
            return value
        return self._other(value, mode)

    def _other(self, value: ScopeValue, mode: Mode) -> str:
        if value is None:
            raise AbsentOptionalError(
                f"unable to substitute {{{{{self.content}}}}}: "
                "output is an absent optional (skipped/omitted node with no default)"
            )
        if isinstance(value, bool | int | float):
            raise TemplateError(f"failed to resolve {{{{{self.content}}}}} to string")
        # Lists and maps (artifacts) are no text: for a tag they are not there.
        if mode is Mode.STRICT or (mode is Mode.SIBLINGS and self._sibling):
            raise MissingVariableError(f"failed to resolve {{{{{self.content}}}}}", self.name)
        return f"{{{{{self.content}}}}}"


class NestedTag:
    """``{{a.{{b}}.c}}``: the inner tags give the name of the outer one (2.4.1).

    Argo needs a pass for each level and this needs one.  The inner name is never trimmed.
    """

    __slots__ = ("first", "parts", "source")

    def __init__(self, source: str, parts: tuple[str | NestedTag, ...]) -> None:
        self.source = source
        self.parts = parts
        #: What Argo's scanner takes for the tag: up to the first closing braces.
        self.first = source[2 : source.find(CLOSE)]

    @property
    def names(self) -> frozenset[str]:
        """The inner names; the outer one is not known yet."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return frozenset((self.parts[0],))
        return frozenset[str]().union(*(part.names for part in self.parts if not isinstance(part, str)))

    def render(self, scope: Scope, mode: Mode) -> str:
        """The value of the composed name; where an inner or the composed name is unknown, text with braces."""
        name = self._compose(scope, mode)
        if name is None:
            return self.source
        return SimpleTag(name).render(scope, Mode.LENIENT)

    def _compose(self, scope: Scope, mode: Mode) -> str | None:
        pieces: list[str] = []
        for part in self.parts:
            piece = part if isinstance(part, str) else part._inner(self, scope, mode)
            if piece is None:
                return None
            pieces.append(piece)
        return "".join(pieces)

    def _inner(self, outer: NestedTag, scope: Scope, mode: Mode) -> str | None:
        name = self._compose(scope, mode)
        value: ScopeValue = _MISSING if name is None else scope.get(name, _MISSING)
        if value is None:
            raise AbsentOptionalError(
                f'unable to substitute nested tag {{{{{outer.first}}}}}: "{name}" is an absent optional'
            )
        if isinstance(value, str) and value is not _MISSING:
            return value
        if mode is Mode.STRICT or (mode is Mode.SIBLINGS and is_sibling(outer.first.strip(" "))):
            raise MissingVariableError(f"failed to resolve {{{{{outer.first}}}}}", name or "")
        return None


class ExpressionTag:
    """``{{=expression}}``; compiled when it is first needed."""

    __slots__ = ("_leaves", "_program", "_required", "expression", "late")

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.late = tuple(name for name in LATE if mentions(expression, name))
        self._program: Program | None = None
        self._required: tuple[str, ...] = ()
        #: Required names that lead to no other: when they are variables, all prefixes exist.
        self._leaves: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The required identifiers; none when the expression is malformed."""
        try:
            self._compiled()
        except TemplateError:
            return frozenset()
        return frozenset((*self._required, *self.late))

    def _compiled(self) -> Program:
        if self._program is None:
            from tiphys.core.template.expression import compile_program, required_names

            self._program = compile_program(self.expression, "failed to evaluate expression: ")
            self._required = required_names(self._program)
            parents = {name.rpartition(".")[0] for name in self._required}
            self._leaves = tuple(name for name in self._required if name not in parents)
        return self._program

    def render(self, scope: Scope, mode: Mode) -> str:
        """The value as text; lenient and firm evaluation as in 2.6."""
        program = self._compiled()
        complete = all(name in scope for name in self._leaves) or self._complete(scope, mode)
        if not complete or mode is Mode.LENIENT:
            return self._lenient(program, scope)
        return self._firm(program, scope)

    def _complete(self, scope: Scope, mode: Mode) -> bool:
        from tiphys.core.template.nested import exists

        complete = True
        for name in self._required:
            if not exists(scope, name):
                complete = False
                if mode is Mode.STRICT or (mode is Mode.SIBLINGS and is_sibling(name)):
                    raise MissingVariableError(f"failed to evaluate expression: {name} is missing", name)
        return complete

    def _lenient(self, program: Program, scope: Scope) -> str:
        from tiphys.core.expr.program import ExprError
        from tiphys.core.template.expression import rendered, run
        from tiphys.core.template.nested import exists

        if any(not exists(scope, name) for name in self.late):
            return self._tag()
        try:
            value = run(program, scope)
            return self._tag() if value is None else rendered(value)
        except ExprError:
            return self._tag()

    def _firm(self, program: Program, scope: Scope) -> str:
        from tiphys.core.expr.program import ExprError
        from tiphys.core.template.expression import rendered, run

        try:
            value = run(program, scope)
        except ExprError as error:
            raise TemplateError(f"failed to evaluate expression: {error}") from error
        if value is None:
            raise TemplateError(f"failed to evaluate expression {go_quote(json_text(self.expression))}")
        try:
            return rendered(value)
        except ExprError as error:
            raise TemplateError(f"failed to marshal evaluated expression: {error}") from error

    def _tag(self) -> str:
        return f"{{{{={self.expression}}}}}"


class UnclosedTagError(TemplateError):
    """A tag is never closed; the text is quoted as the JSON that Argo looks for tags in."""

    def __init__(self, text: str, rest: str) -> None:
        self.text, self.rest = text, rest
        super().__init__(self._message(f'"{json_text(text)}"', f'{json_text(rest)}"'))

    @property
    def raw(self) -> str:
        """The message where tags are looked for in the text itself."""
        return self._message(self.text, self.rest)

    @staticmethod
    def _message(text: str, rest: str) -> str:
        return f'Cannot find end tag="}}}}" in the template={go_quote(text)} starting from {go_quote(rest)}'


class UnclosedTag:
    """A ``{{`` without ``}}``: an error whenever it is rendered."""

    __slots__ = ("rest", "text")
    names: frozenset[str] = frozenset()

    def __init__(self, text: str, rest: str) -> None:
        self.text = text
        self.rest = rest

    def render(self, scope: Scope, mode: Mode) -> str:
        """Never returns."""
        raise UnclosedTagError(self.text, self.rest)


def split(text: str) -> tuple[str | Segment, ...]:
    """Split a string into literals and tags."""
    segments: list[str | Segment] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        if start > position:
            segments.append(text[position:start])
        close = text.find(CLOSE, start + 2)
        if close < 0:
            segments.append(UnclosedTag(text, text[start + 2 :]))
            return tuple(segments)
        segment, position = _tag(text, start, close)
        segments.append(segment)
    if position < len(text):
        segments.append(text[position:])
    return tuple(segments)


def _tag(text: str, start: int, close: int) -> tuple[str | Segment, int]:
    content = text[start + 2 : close]
    if content.startswith("="):
        return ExpressionTag(content[1:]), close + 2
    if OPEN in content:
        nested = _nested(text, start)
        if nested is not None:
            return nested
        inner = text.rfind(OPEN, start, close)
        if not text.startswith("=", inner + 2):  # the outer braces never close: they are text
            return text[start:inner], inner
    return SimpleTag(content), close + 2


def _nested(text: str, start: int) -> tuple[NestedTag, int] | None:
    """Read a tag whose inner tags are all simple and all closed; None when the braces do not match."""
    open_tags: list[tuple[int, list[str | NestedTag]]] = [(start, [])]
    position = start + 2
    while True:
        close = text.find(CLOSE, position)
        if close < 0:
            return None
        inner = text.find(OPEN, position, close)
        parts = open_tags[-1][1]
        if inner >= 0:
            if text.startswith("=", inner + 2):
                return None
            if inner > position:
                parts.append(text[position:inner])
            open_tags.append((inner, []))
            position = inner + 2
            continue
        if close > position:
            parts.append(text[position:close])
        begin, parts = open_tags.pop()
        position = close + 2
        tag = NestedTag(text[begin:position], tuple(parts))
        if not open_tags:
            return tag, position
        open_tags[-1][1].append(tag)


def is_sibling(name: str) -> bool:
    """True for names below ``steps`` and ``tasks``, and for these themselves."""
    return name.partition(".")[0] in SIBLING_ROOTS


_STRINGS = r"(?s)'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`"


def mentions(expression: str, name: str) -> bool:
    """True when an expression names a variable outside its string literals."""
    if name not in expression:
        return False
    bare = re.sub(_STRINGS, "''", expression)
    return re.search(rf"(?<![\w.$]){re.escape(name)}(?!\w)", bare) is not None
