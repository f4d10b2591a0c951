"""Manifests of files and standard input, read and decoded; light, because `lint` needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from tiphys.core.manifest.diagnostics import Diagnostic
from tiphys.core.manifest.document import Document, Loaded, Plain
from tiphys.core.manifest.load import load
from tiphys.errors import UsageError, reason_of

if TYPE_CHECKING:
    from tiphys.core.manifest.model.configmap import ConfigMap

_STDIN = "-"
URLS = ("http://", "https://")


def load_files(files: Sequence[str], stdin: IO[str], *, strict: bool = True) -> Loaded:
    """Read and decode manifests; ``-`` is standard input, and a file may be a URL.

    Raises:
        UsageError: a file cannot be read.
    """
    documents: list[Document] = []
    diagnostics: list[Diagnostic] = []
    config_maps: list[ConfigMap] = []
    objects: list[Plain] = []
    for file in files:
        if file == _STDIN:
            loaded = load(stdin.read(), "<stdin>", strict=strict)
        else:
            loaded = load(read(file), file, strict=strict)
        documents.extend(loaded.documents)
        diagnostics.extend(loaded.diagnostics)
        config_maps.extend(loaded.config_maps)
        objects.extend(loaded.objects)
    return Loaded(tuple(documents), tuple(diagnostics), tuple(config_maps), tuple(objects))


def read(file: str) -> bytes:
    """The content of a file, or of what a URL names.

    Raises:
        UsageError: it cannot be read.
    """
    if file.startswith(URLS):
        from tiphys.adapters.client.download import download

        return download(file)
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {reason_of(error)}", where=file) from None
