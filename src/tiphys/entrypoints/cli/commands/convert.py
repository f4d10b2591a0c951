"""``tiphys convert``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import completing, forms
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonValue


@click.command("convert")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, shell_complete=completing.files)
@forms.output("yaml", "json", default="yaml")
@click.option("--no-color", is_flag=True, help="No colours; there are none.")
def command(files: tuple[str, ...], output: str, *, no_color: bool) -> int:
    """Rewrite manifests of old versions: ``schedule``, ``mutex`` and ``semaphore`` become lists."""
    from tiphys.core.manifest.convert import convert
    from tiphys.core.manifest.yaml import YamlError, parse

    for file in files:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            documents = [document.data for document in parse(text)]
        except OSError as error:
            raise UsageError(f"error converting {file}: {(error.strerror or str(error)).lower()}", where=file) from None
        except (UnicodeDecodeError, YamlError) as error:
            raise UsageError(f"error converting {file}: {error}", where=file) from None
        for data in documents:
            if data is not None:
                sys.stdout.write(_text(convert(data), output))
    return 0


def _text(data: JsonValue, output: str) -> str:
    import msgspec

    from tiphys.core.manifest.yaml import dump

    return f"{msgspec.json.encode(data).decode()}\n" if output == "json" else f"---\n{dump(data)}"
