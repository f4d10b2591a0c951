"""A workflow that passed all checks: what planning accepts."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.workflow import Workflow


class _Token:
    """Proof that a value is made by ``tiphys.core.validate.check``."""

    __slots__ = ()


TOKEN: Final = _Token()


class ValidWorkflow(Struct, frozen=True, kw_only=True):
    """A workflow without errors; only ``check`` makes one, so holding it proves that the checks were run.

    ``document`` tells where its values stand in the text, or is ``None`` for a workflow that has no text of its own.

    Raises:
        TypeError: when it is made without the checker's token.
    """

    workflow: Workflow
    document: Document | None = None
    token: object

    def __post_init__(self) -> None:
        if self.token is not TOKEN:
            raise TypeError("a ValidWorkflow is made by tiphys.core.validate.check only")
