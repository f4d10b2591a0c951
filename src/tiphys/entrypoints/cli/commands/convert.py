"""``tiphys convert``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import fileoptions, forms, sources
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonValue


@click.command("convert")
@fileoptions.files(required=True)
@forms.output("yaml", "json", default="yaml")
@click.option("--no-color", is_flag=True, help="No colours; there are none.")
def command(files: tuple[str, ...], output: str, *, no_color: bool) -> int:
    """Rewrite manifests of old versions: ``schedule``, ``mutex`` and ``semaphore`` become lists."""
    from tiphys.core.manifest.convert import convert
    from tiphys.core.manifest.yaml import YamlError, parse
    from tiphys.entrypoints.files import read

    for file in sources.expanded(files):
        try:
            text = sys.stdin.read() if file == sources.STDIN else read(file).decode("utf-8")
            text = text.removeprefix("\ufeff")
            documents = [document.data for document in parse(text)]
        except UnicodeDecodeError:
            raise UsageError(f"error converting {file}: it is not UTF-8 text", where=file) from None
        except YamlError as error:
            place = f"{file}:{error.place(text)}"
            raise UsageError(f"error converting {file}: not valid YAML: {error.message}", where=place) from None
        for data in documents:
            if data is not None:
                sys.stdout.write(_text(convert(data), output))
    return 0


def _text(data: JsonValue, output: str) -> str:
    import msgspec

    from tiphys.core.manifest.yaml import dump

    return f"{msgspec.json.encode(data).decode()}\n" if output == "json" else f"---\n{dump(data)}"
