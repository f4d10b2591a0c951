"""Options written as Go's flags allow: ``--strict=false``, ``--wait=true``, ``-o=json``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

#: Argo's switches that are on unless they are turned off; the others are off unless they are given.
_ON: Final = {"--strict": "--no-strict", "--secure": "--no-secure", "-e": "--no-secure"}
_OFF: Final = frozenset(
    (
        "--all",
        "--all-namespaces",
        "-A",
        "--argo-http1",
        "--completed",
        "--disable-compression",
        "--dry-run",
        "--follow",
        "--force",
        "--ignore-not-found",
        "--insecure-skip-tls-verify",
        "--insecure-skip-verify",
        "-k",
        "--log",
        "--memoized",
        "--no-color",
        "--no-headers",
        "--no-utf8",
        "--offline",
        "--parallel",
        "--previous",
        "--restart-successful",
        "--resubmitted",
        "--running",
        "--server-dry-run",
        "--short",
        "--timestamps",
        "--verbose",
        "-v",
        "--wait",
        "-w",
        "--watch",
    )
)
_WORDS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "t", "T", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "f", "F", "0"), False),
}
_SHORT: Final = re.compile(r"(-[A-Za-z])=(.*)", re.DOTALL)


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """The arguments with plain switches, and with values apart from short options, up to ``--``.

    >>> spelled_out(["lint", "--strict=false", "--offline=true", "--no-color=0", "-o=json", "--", "--wait=true"])
    ['lint', '--no-strict', '--offline', '-o', 'json', '--', '--wait=true']
    """
    if arguments and arguments[0] == "exec":  # the words of another program
        return list(arguments)
    found: list[str] = []
    for i, argument in enumerate(arguments):
        if argument == "--":
            return [*found, *arguments[i:]]
        found += _plain(argument)
    return found


def _plain(argument: str) -> list[str]:
    name, sign, word = argument.partition("=")
    if sign and word in _WORDS and name in (*_ON, *_OFF):
        return [name] if _WORDS[word] else [_ON[name]] if name in _ON else []
    short = _SHORT.fullmatch(argument)
    return [short[1], short[2]] if short else [argument]
