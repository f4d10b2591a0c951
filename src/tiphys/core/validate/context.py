"""What all rules share while one object is checked: where findings go, and what is known everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.strategy import TemplateRef
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.manifest.source import Path
from tiphys.core.validate.codes import Code
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions
from tiphys.core.validate.scope import Names


class Site(NamedTuple):
    """A place that findings are about.

    ``prefix`` is what Argo writes before the text of a finding: the calls that led here.  ``path`` is the place in
    the document; for a template of another object it is the place of the call, and ``foreign`` names the object.
    """

    prefix: str = ""
    path: Path = ()
    foreign: str | None = None

    def at(self, *parts: str | int) -> Site:
        """The site of a part; parts of another object stay at the call."""
        return self if self.foreign else Site(self.prefix, self.path + parts)

    def under(self, prefix: str) -> Site:
        """The same place with more text before its findings."""
        return Site(self.prefix + prefix, self.path, self.foreign)


class Home:
    """An object that holds templates: the one being checked, or one of the library.

    ``path`` is the place of its spec in the document, or ``None`` for an object of the library.
    """

    __slots__ = ("_index", "kind", "name", "path", "spec")

    def __init__(self, kind: str, name: str, spec: WorkflowSpec, path: Path | None = None) -> None:
        self.kind = kind
        self.name = name
        self.spec = spec
        self.path = path
        self._index: dict[str, int] = {}
        for at, template in enumerate(spec.templates or ()):
            self._index.setdefault(template.name or "", at)

    def index(self, name: str) -> int | None:
        """The position of a template."""
        return self._index.get(name)

    def names(self) -> tuple[str, ...]:
        """The names of all templates."""
        return tuple(self._index)


class Resolved(NamedTuple):
    """A template, the object that it belongs to, and its place."""

    home: Home
    template: Template
    path: Path | None


class Holder(Protocol):
    """What calls a template: a step, a task, a hook or an entrypoint."""

    @property
    def template(self) -> str | None:
        """The name of a template of the same object."""

    @property
    def template_ref(self) -> TemplateRef | None:
        """A template of another object."""

    @property
    def inline(self) -> Template | None:
        """A template of its own."""


class Walker(Protocol):
    """Checks templates on behalf of the steps and tasks that call them."""

    def call(self, home: Home, holder: Holder, site: Site, names: Names) -> Resolved | None:
        """Resolve and check a called template once, its inputs taken as supplied; ``None`` when there is none."""

    def supply(self, callee: Resolved, arguments: Arguments | None, site: Site) -> None:
        """Check that the arguments of a call supply the inputs of the template."""


class Context:
    """The state of one check.  Findings keep the order in which they are made; the same one is kept once."""

    def __init__(self, document: Document, library: Library, options: CheckOptions) -> None:
        self.document = document
        self.library = library
        self.options = options
        self.globals = Names()
        #: A WorkflowTemplate is checked by itself: its arguments come from those who use it.
        self.template_alone = False
        #: Templates whose body is checked already: ``(home, name)``, or the identity of an inline template.
        self.checked: set[object] = set()
        #: Default images of containers and scripts.
        self.default_container_image = False
        self.default_script_image = False
        self._findings: dict[tuple[str, str, Path], Diagnostic] = {}

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All findings so far."""
        return tuple(self._findings.values())

    def error(
        self,
        code: Code,
        site: Site,
        text: str,
        *,
        message: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Report an error that Argo reports too; ``text`` is Argo's, without what stands before it."""
        self._add(code, Severity.ERROR, site, message or text, hint, site.prefix + text)

    def warn(self, code: Code, site: Site, message: str, hint: str | None = None) -> None:
        """Report something that Argo lets pass and that will probably not do what was meant."""
        self._add(code, Severity.WARNING, site, message, hint, None)

    def refuse(self, code: Code, site: Site, message: str, hint: str | None = None) -> None:
        """Report an error that Argo finds only when the workflow runs, or never."""
        self._add(code, Severity.ERROR, site, message, hint, None)

    def _add(
        self, code: Code, severity: Severity, site: Site, message: str, hint: str | None, argo: str | None
    ) -> None:
        key = (code.value, message, site.path)
        if key in self._findings:
            return
        if site.foreign:
            message = f"{message} (in {site.foreign})"
        self._findings[key] = Diagnostic(
            code=code.value,
            severity=severity,
            message=message,
            span=self.document.places.span(site.path),
            path=site.path,
            hint=hint,
            argo=argo,
            owner=f'in "{self.document.name}" ({self.document.kind})',
        )


def near(name: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest known name, or ``None`` when none is near.

    >>> near("buidl", ["build", "test"])
    "did you mean 'build'?"
    """
    import difflib  # only needed once something is wrong

    found = difflib.get_close_matches(name, [item for item in dict.fromkeys(known) if item], n=1)
    return f"did you mean '{found[0]}'?" if found else None
