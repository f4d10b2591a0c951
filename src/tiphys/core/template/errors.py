"""Why a tag or a condition could not be resolved; the text is Argo's."""

from __future__ import annotations


class TemplateError(Exception):
    """A final error: waiting cannot mend it.  ``str`` is the text that Argo shows."""


class MissingVariableError(TemplateError):
    """A name that is not in scope (yet); the engine decides whether it can still appear.

    ``name`` is the dotted name without braces.
    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message, name)
        self.name = name

    def __str__(self) -> str:
        return str(self.args[0])


class AbsentOptionalError(TemplateError):
    """A tag names the output of a skipped or omitted node that has no default."""


class WhenError(TemplateError):
    """A ``when`` expression that cannot be parsed, evaluated, or is not boolean."""
