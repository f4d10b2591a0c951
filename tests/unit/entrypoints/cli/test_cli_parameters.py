"""Parameter files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiphys.entrypoints.cli.parameters import parse_labels, parse_parameters, read_parameter_file
from tiphys.errors import UsageError


def test_values_become_texts(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text('a: text\nb: 3\nc: true\nd: {x: [1, "ü"]}\ne: null\nf: "3"\n')
    assert read_parameter_file(str(file)) == {
        "a": "text",
        "b": "3",
        "c": "true",
        "d": '{"x":[1,"ü"]}',
        "e": "null",
        "f": "3",
    }


@pytest.mark.parametrize(("text", "place"), [("- a\n", ""), ("a: [\n", ":2:1"), ("just text\n", "")])
def test_what_is_no_map_is_refused(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_parameter_file(str(file))
    assert caught.value.where == f"{file}{place}"


def test_an_empty_file_has_no_parameters(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("")
    assert read_parameter_file(str(file)) == {}


def test_pairs() -> None:
    assert parse_parameters(["a=", "b=x=y"]) == {"a": "", "b": "x=y"}
    assert parse_labels(["a=1,b=2", "c="]) == {"a": "1", "b": "2", "c": ""}
