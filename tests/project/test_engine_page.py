"""The page about the engine shows the table that the engine has."""

from __future__ import annotations

from pathlib import Path

from tiphys.core.engine.phases import TRANSITIONS

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"


def test_the_table_of_phases_is_the_engines() -> None:
    text = PAGE.read_text(encoding="utf-8").split("| phase | may become |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    shown = {
        ("" if phase == "(made)" else phase): {word for word in words.split(", ") if word} for phase, words in rows
    }
    assert shown == {phase: set(following) for phase, following in TRANSITIONS.items()}
