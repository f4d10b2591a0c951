"""``tiphys sync`` on a data directory (``spec/cli.md`` 7)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tiphys.entrypoints.cli.main import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--home", str(tmp_path / "home")])
        out, error = capsys.readouterr()
        return code, out, error

    return call


def test_a_limit_in_the_database(call: Call) -> None:
    database = ("k", "--type", "DATABASE")
    text = "Key: k\nType: database\nNamespace: default\nLimit: 3\n"
    assert call("sync", "create", *database, "--limit", "3") == (0, f"Sync limit created\n{text}", "")
    assert call("sync", "get", *database) == (0, text, "")
    assert call("sync", "list") == (0, "KEY   LIMIT\nk     3\n", "")
    code, _, error = call("sync", "create", *database, "--limit", "4")
    assert (code, 'Database sync limit already exists in namespace "default".' in error) == (1, True)
    changed = call("sync", "update", *database, "--limit", "5")
    assert changed == (0, f"Sync limit updated\n{text.replace('3', '5')}", "")
    assert call("sync", "delete", *database) == (0, "Sync limit deleted\n", "")
    for action in (("get",), ("delete",), ("update", "--limit", "1")):
        code, _, error = call("sync", action[0], *database, *action[1:])
        assert (code, 'Database sync limit not found in namespace "default".' in error) == (1, True)
    assert call("sync", "list") == (0, "No sync limits found\n", "")


def test_a_limit_in_a_config_map(call: Call) -> None:
    config_map = ("k", "--type", "configmap", "--cm-name", "c")
    text = "Key: k\nType: configmap\nConfigMap Name: c\nNamespace: default\nLimit: 3\n"
    assert call("sync", "create", *config_map, "--limit", "3") == (0, f"Sync limit created\n{text}", "")
    assert call("sync", "get", *config_map) == (0, text, "")
    assert "sync limit cannot be created as it already exists" in call("sync", "create", *config_map, "--limit", "3")[2]
    other = ("o", *config_map[1:])
    assert call("sync", "create", *other, "--limit", "1")[0] == 0
    assert call("sync", "update", *config_map, "--limit", "9")[0] == 0
    assert "o: '1'" in call("get-object", "cm", "c", "-o", "yaml")[1]
    assert call("sync", "delete", *config_map) == (0, "Sync limit deleted\n", "")
    assert call("sync", "delete", *config_map) == (0, "Sync limit deleted\n", "")
    assert "key k not found in configmap default/c" in call("sync", "get", *config_map)[2]
    missing = call("sync", "update", *config_map, "--limit", "9")[2]
    assert "key k not found in configmap default/c - please create it first" in missing


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("create", "k", "--type", "file", "--limit", "1"), "--type must be either 'database' or 'configmap'"),
        (("create", "k", "--type", "configmap", "--limit", "1"), "--cm-name is required when type is configmap"),
        (("create", "k", "--type", "database", "--limit", "0"), "limit must be greater than zero"),
    ],
)
def test_what_cannot_be_a_limit(call: Call, arguments: tuple[str, ...], text: str) -> None:
    code, _, error = call("sync", *arguments)
    assert (code, text in error) == (1, True)
