"""``docs/configuration.md`` names every variable of Tiphys and every key of the configuration file, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from tiphys.entrypoints import controllerconfig, settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
VARIABLES, _, KEYS = PAGE.partition("## The configuration file")


def first_cells(text: str) -> set[str]:
    """What stands in code in the first cells of tables, flags left out."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {name for cell in rows for name in re.findall(r"`([A-Za-z_]+)`", cell)}


def test_every_variable_of_tiphys_is_there() -> None:
    known = {value for value in vars(settings).values() if isinstance(value, str) and value.startswith("TIPHYS_")}
    assert len(known) > 10
    assert first_cells(VARIABLES) == known


def test_every_key_of_the_file_is_there() -> None:
    assert first_cells(KEYS) == controllerconfig.KEYS
