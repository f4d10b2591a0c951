"""Options written as Go's flags allow: ``--strict=false``, ``--wait=true``, ``-o=json``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import click

_WORDS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "t", "T", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "f", "F", "0"), False),
}
_SHORT: Final = r"(?s)(-[A-Za-z])=(.*)"


def spelled_out(arguments: Sequence[str], command: click.Command) -> list[str]:
    """The arguments of a command with plain switches, and with values apart from short options, up to ``--``.

    What a command hands on to a program stays as it is.
    """
    if command.context_settings.get("ignore_unknown_options"):
        return list(arguments)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if not any("=" in argument for argument in arguments[:end]):
        return list(arguments)
    found: list[str] = []
    switches = _switches(command)
    for argument in arguments[:end]:
        found += _plain(argument, switches)
    return [*found, *arguments[end:]]


def _switches(command: click.Command) -> dict[str, str]:
    """The switches of a command and of those below it, each with what turns it off: empty where leaving it out does."""
    found: dict[str, str] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.is_flag:
            found.update(dict.fromkeys(parameter.opts, next(iter(parameter.secondary_opts), "")))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                found.update(_switches(below))
    return found


def _plain(argument: str, switches: Mapping[str, str]) -> list[str]:
    name, sign, word = argument.partition("=")
    if sign and name in switches and word in _WORDS:
        return [name] if _WORDS[word] else list(filter(None, [switches[name]]))
    short = re.fullmatch(_SHORT, argument)
    return [short[1], short[2]] if short else [argument]
