"""What help looks like, for every command there is."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from tests.unit.entrypoints.cli.cli_fakes import FakeSystem
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.entrypoints.cli.main import COMMANDS, cli


def everything(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, by what one types."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{path} {name}"
            yield from everything(below, f"{path} {name}")


def test_every_command_and_option_is_described_in_words_for_a_terminal() -> None:
    found = dict(everything(cli, "tiphys"))
    assert len(found) > len(COMMANDS) + 30
    for path, command in found.items():
        text = command.get_help(click.Context(command, info_name=path))
        assert command.help and "``" not in text and ":class:" not in text, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{path} {parameter.opts}"


@pytest.mark.parametrize("group", ["archive", "artifacts", "auth", "cron", "sync", "template"])
def test_overviews_of_groups_are_whole_sentences(run: Run, group: str) -> None:
    code, out, err = run(group)
    assert (code, err) == (0, "")
    assert "..." not in out.partition("Commands:")[2] and out.rstrip().endswith(".")


def test_help_is_a_command_too(run: Run) -> None:
    assert run("help") == run("--help") == run()
    assert run("help", "cron", "get") == run("cron", "get", "--help")
    assert run("help", "nobody")[0] == 1


def test_a_backfill_of_nothing_is_help(run: Run) -> None:
    code, out, err = run("cron", "backfill")
    assert (code, err) == (0, "") and "--start" in out


@pytest.mark.parametrize(
    ("words", "shown", "hint"),
    [
        ("get", "missing argument 'WORKFLOW...'", "tiphys get [OPTIONS] WORKFLOW...; see tiphys get --help"),
        ("node set", "missing argument 'WORKFLOW'", "tiphys node [OPTIONS] ACTION WORKFLOW"),
        ("list one", "got unexpected extra argument (one)", "tiphys list [OPTIONS]"),
        ("submit --priority high", "invalid value for '--priority': 'high' is not", "see tiphys submit --help"),
        ("submit -l key", "NAME1=VALUE2,NAME2=VALUE2. Received: key: unexpected label spec: key", "-l key=value"),
        ("lst", "no such command: lst", "did you mean 'list'?"),
    ],
)
def test_wrong_calls_say_what_and_how(run: Run, system: FakeSystem, words: str, shown: str, hint: str) -> None:
    code, out, err = run(*words.split())
    assert (code, out) == (1, "")
    assert f"error: {shown}" in err or shown in err
    assert hint in err.partition("hint: ")[2]


def test_options_of_every_command_stand_where_they_matter(run: Run) -> None:
    assert {name: "--loglevel" in run(name, "--help")[1] for name in ("server", "lint")} == {
        "server": True,
        "lint": False,
    }
    assert "--log-format FORM" in run("server", "--help")[1]
