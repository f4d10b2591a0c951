"""Commands that do the same to several workflows: which ones, one after another, and what is said of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tiphys.errors import TiphysError

if TYPE_CHECKING:
    from tiphys.entrypoints.wire.system import System


def chosen(local: System, namespace: str, names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The names given and those of all workflows that have the labels, each once."""
    found = dict.fromkeys(names)
    if labels:
        from tiphys.entrypoints.cli.parameters import parse_labels
        from tiphys.ports.api import ListFilter

        listed = local.api.list(ListFilter(namespace=namespace, labels=parse_labels(labels)))
        found.update(dict.fromkeys((each.metadata and each.metadata.name) or "" for each in listed))
    return list(found)


def each(names: Sequence[str], action: Callable[[str], str], *, verb: str, done: str) -> None:
    """Do something to one workflow after another; the first failure ends it.

    ``verb`` and ``done`` are for the sentences: ``failed to stop x: …`` and ``workflow x stopped``.

    Raises:
        TiphysError: the failure, of the same kind, with Argo's text in front.
    """
    for name in names:
        try:
            shown = action(name)
        except TiphysError as error:
            error.message = f"failed to {verb} {name}: {error.message}"
            raise
        sys.stdout.write(f"workflow {shown} {done}\n")
