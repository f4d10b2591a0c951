"""Records become data, JSON and YAML."""

from __future__ import annotations

import pytest

from tiphys.core.manifest import encode, yaml
from tiphys.core.manifest.key_order import in_order
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.record import Record

TEXT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  labels:
    a: "true"
    n9: z
    n10: x
  name: w
spec:
  podGC:
    strategy: OnPodCompletion
  templates:
  - name: t
    script:
      image: python
      source: |
        print(1)
        print("ä")
    volumes: []
  - name: s
    steps:
    - - name: a
        withItems:
        - 1
        - 1.5
        - {}
        - null
        - "012"
"""


def record() -> Record:
    return load(TEXT, "f.yaml").documents[0].manifest


def test_data_has_the_names_of_the_api() -> None:
    data = encode.to_data(record())
    assert isinstance(data, dict)
    assert data == load(TEXT, "f.yaml").documents[0].data


def test_yaml_is_printed_as_it_was_written() -> None:
    assert encode.to_yaml(record()) == TEXT


def test_json_in_one_line_and_indented() -> None:
    line, block = encode.to_json(record()), encode.to_json(record(), indent=2)
    assert b"\n" not in line
    assert block.startswith(b'{\n  "apiVersion": "argoproj.io/v1alpha1",\n')
    assert load(line, "a").documents[0].manifest == load(block, "b").documents[0].manifest == record()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a\n"),
        ("yes", '"yes"\n'),
        ("1", '"1"\n'),
        ("", '""\n'),
        ("2020-01-01T00:00:00Z", '"2020-01-01T00:00:00Z"\n'),
        ("a: b", "'a: b'\n"),
        ("*a", "'*a'\n"),
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        (" lead\nb", "|2-\n   lead\n  b\n"),
        ("word " * 50 + "x", "word " * 50 + "x\n"),
        (None, "null\n"),
        (True, "true\n"),
        (1e21, "1e+21\n"),
        ({}, "{}\n"),
        ([], "[]\n"),
    ],
)
def test_scalars(value: str | None, text: str) -> None:
    assert yaml.dump(value) == text
    assert yaml.parse(text)[0].data == value


@pytest.mark.parametrize(
    ("keys", "ordered"),
    [
        (["b", "a"], ["a", "b"]),
        (["a10", "a9", "a1"], ["a1", "a9", "a10"]),
        (["a01", "a1", "a001"], ["a1", "a01", "a001"]),
        (["ab", "a-b", "a1"], ["a-b", "a1", "ab"]),
        (["ab", "a"], ["a", "ab"]),
        (["a105", "a15", "a150"], ["a15", "a105", "a150"]),
        (["B", "a", "_"], ["_", "B", "a"]),
        (["1b", "10"], ["10", "1b"]),
    ],
)
def test_order_of_keys(keys: list[str], ordered: list[str]) -> None:
    assert in_order(keys) == ordered
