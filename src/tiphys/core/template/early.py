"""Tags that can be replaced before a workflow starts, and why the others cannot.

Unlike rendering in LENIENT mode nothing is guessed: an expression is replaced only when evaluating it asks for nothing
but what is known, so ``{{=inputs.parameters.a ?? 'b'}}`` stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tiphys.core.expr.program import ExprError
from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.template import ambient, variables
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.expression import compile_program, rendered
from tiphys.core.template.nested import environment
from tiphys.core.template.scope import Scope
from tiphys.core.template.segments import ExpressionTag, NestedTag, Segment, SimpleTag, split

_PARAMETER = "workflow.parameters."
_LET = r"\blet\s+(\w+)\s*="
#: When a variable gets its value, by the first of its phases.
_MOMENTS = {
    "workflow-start": "known when the workflow starts",
    "pre-dispatch": "known when the node starts",
    "during-execute": "known when the template runs",
    "inside-loop": "known for each item of the loop",
    "inside-retry": "known for each attempt",
    "after-loop": "known when all items of the loop are done",
    "after-node-init": "known when the other node has started",
    "after-pod-start": "known when the pod of the other node has started",
    "after-node-complete": "known when the other node has ended",
    "after-node-succeeded": "known when the other node has succeeded",
    "exit-handler": "known when the workflow ends",
    "metric-emission": "known when the metric is emitted",
    "cron-eval": "known when the CronWorkflow is due",
}


class Late(Struct, frozen=True):
    """A tag that stays: where it is, the tag with its braces, and why its value is not known yet."""

    path: Path
    tag: str
    reason: str


def resolve(data: JsonValue, scope: Scope, at: Path = ()) -> tuple[JsonValue, tuple[Late, ...]]:
    """Replace the tags of all strings and map keys whose values are known; raises nothing.

    What is inserted is not read again.  ``at`` is the path of ``data`` itself.
    """
    resolver = _Resolver(scope)
    return resolver.value(data, at), tuple(resolver.late)


class _Resolver:
    """Resolves one tree and gathers what stays."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.late: list[Late] = []

    def value(self, data: JsonValue, at: Path) -> JsonValue:
        if isinstance(data, str):
            return self.text(data, at)
        if isinstance(data, dict):
            return {self.text(key, (*at, key)): self.value(item, (*at, key)) for key, item in data.items()}
        if isinstance(data, list | tuple):
            return [self.value(item, (*at, place)) for place, item in enumerate(data)]
        return data

    def text(self, text: str, at: Path) -> str:
        if "{{" not in text:
            return text
        parts = split(text)
        return "".join(part if isinstance(part, str) else self.tag(part, at) for part in parts)

    def tag(self, tag: Segment, at: Path) -> str:
        if isinstance(tag, ExpressionTag):
            return self.expression(tag, at)
        if isinstance(tag, SimpleTag):
            name: str | None = tag.name
            source = f"{{{{{tag.content}}}}}"
        elif isinstance(tag, NestedTag):
            name, source = self.composed(tag), tag.source
        else:
            source = "{{" + str(getattr(tag, "rest", ""))
            return self.kept(at, source, "the braces are not closed")
        found = self.scope.get(name) if name is not None else None
        if isinstance(found, str):
            return found
        missing = name if name is not None else next(iter(self.unknown(tag.names)), "")
        return self.kept(at, source, reason(missing))

    def composed(self, tag: NestedTag) -> str | None:
        """The name that a nested tag gives, when all the names in it are known."""
        pieces: list[str] = []
        for part in tag.parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            name = self.composed(part)
            value = self.scope.get(name) if name is not None else None
            if not isinstance(value, str):
                return None
            pieces.append(value)
        return "".join(pieces)

    def unknown(self, names: frozenset[str]) -> list[str]:
        return sorted(name for name in names if name not in self.scope)

    def expression(self, tag: ExpressionTag, at: Path) -> str:
        source = f"{{{{={tag.expression}}}}}"
        watch = _Watch(frozenset(re.findall(_LET, tag.expression)), "workflow.parameters" in self.scope)
        try:
            value = compile_program(tag.expression, "").run(_Watched(environment(self.scope), "", watch))
            text = rendered(value) if value is not None and not watch.missed else ""
        except (ExprError, TemplateError) as error:
            first = next(iter(watch.missed), None)
            problem = str(error).splitlines()[0]
            return self.kept(at, source, reason(self.whole(tag, first)) if first else f"cannot be evaluated: {problem}")
        if watch.missed:
            return self.kept(at, source, reason(self.whole(tag, next(iter(watch.missed)))))
        if value is None:
            return self.kept(at, source, "cannot be evaluated: its value is nil")
        return text

    def whole(self, tag: ExpressionTag, missed: str) -> str:
        """The longest name in the expression that begins with the part that is missing."""
        longer = [name for name in tag.names if name == missed or name.startswith(f"{missed}.")]
        guarded = re.search(rf"(?<![\w.]){re.escape(missed)}(?:\??\.[A-Za-z_]\w*)+", tag.expression)
        if guarded and not variables.find(missed):
            longer.append(guarded[0].replace("?.", "."))
        return max(longer, key=len, default=missed)

    def kept(self, at: Path, source: str, why: str) -> str:
        self.late.append(Late(at, source, why))
        return source


class _Watch:
    """Which names an evaluation asked for in vain; names that ``let`` binds are its own.

    ``complete`` says that every argument of the workflow has a value.
    """

    def __init__(self, own: frozenset[str], complete: bool) -> None:
        self.own = own
        self.complete = complete
        self.missed: dict[str, None] = {}

    def miss(self, path: str) -> None:
        if path not in self.own:
            self.missed[path] = None


class _Watched(Mapping[str, Value]):
    """The variables of a scope as nested maps; a name that is not there, or a look at all names, is noted."""

    __slots__ = ("_inner", "_path", "_watch")

    def __init__(self, inner: Mapping[str, Value], path: str, watch: _Watch) -> None:
        self._inner = inner
        self._path = path
        self._watch = watch

    def __getitem__(self, name: str) -> Value:
        path = f"{self._path}{name}"
        if name not in self._inner:
            self._watch.miss(path)
            raise KeyError(name)
        value = self._inner[name]
        return _Watched(value, f"{path}.", self._watch) if isinstance(value, Mapping) else value

    def __contains__(self, name: object) -> bool:
        known = name in self._inner
        if not known:
            self._watch.miss(f"{self._path}{name}")
        return known

    def __iter__(self) -> Iterator[str]:
        self._whole()
        return iter(self._inner)

    def __len__(self) -> int:
        self._whole()
        return len(self._inner)

    def _whole(self) -> None:
        """All arguments may be known before the start; everywhere else more names come later."""
        if self._path != _PARAMETER or not self._watch.complete:
            self._watch.miss(self._path.rstrip("."))


def reason(name: str) -> str:
    """Why a variable has no value before the start."""
    if name == ambient.NOW:
        return "the time: known when the expression is evaluated"
    if name == ambient.RANDOM:
        return "chance: drawn when the expression is evaluated"
    found = variables.find(name)
    if name.startswith(_PARAMETER) and found:
        argument = name.removeprefix(_PARAMETER)
        return f"no value is given for the argument: pass -p {argument}=VALUE"
    if not found:
        return "not a variable of Argo's" if name else "not known before the start"
    return f"{found[0].meaning}: {_MOMENTS.get(found[0].phases[0], 'known only at run time')}"
