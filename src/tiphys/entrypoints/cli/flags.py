"""Options that every command takes, before or after its name (``spec/cli.md`` 2).

Each is one of Argo's ``ARGO_…`` variables on the command line, so they are handed on as such variables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import click

from tiphys.errors import UsageError

_Value: TypeAlias = str | bool | tuple[str, ...] | None
_META: Final = "tiphys.flags"
#: Commands that run steps or deal with objects; a cluster's workflows are not looked at.
_WITH_OBJECTS: Final = frozenset(
    {
        "apply",
        "delete-object",
        "drive",
        "get-object",
        "replay",
        "resubmit",
        "resume",
        "retry",
        "run",
        "server",
        "submit",
    }
)
#: Commands whose log somebody keeps.
_LOGGING: Final = frozenset({"server"})
_NO_CLUSTER: Final = "tiphys talks to no cluster: leave it out, or name a server with --argo-server"


class GlobalFlag(NamedTuple):
    """One option: its spellings, the variable that it stands for, and its line of help.

    ``metavar`` is empty for switches.  ``refused`` is the hint of one that means nothing here; ``only`` names the
    commands, if not all, for which it means something.  ``shown`` ones stand
    in the help of every command, the others in that of ``tiphys`` and of the commands that ``shown_by`` names.
    """

    names: tuple[str, ...]
    variable: str
    help: str
    metavar: str = ""
    multiple: bool = False
    shown: bool = False
    shown_by: frozenset[str] = frozenset()
    refused: str = ""
    only: frozenset[str] = frozenset()


NAMESPACE: Final = "namespace"
HOME: Final = "home"
FLAGS: Final = (
    GlobalFlag(names=("-n", "--namespace"), variable=NAMESPACE, metavar="NAME", help="Namespace.", shown=True),
    GlobalFlag(
        names=("--home",),
        variable=HOME,
        metavar="DIR",
        help="Work on this data directory, whatever the environment says.",
        shown=True,
    ),
    GlobalFlag(
        names=("-s", "--argo-server"),
        variable="ARGO_SERVER",
        metavar="HOST:PORT",
        help="Ask this server instead of the data directory.",
    ),
    GlobalFlag(
        names=("--argo-base-href",), variable="ARGO_BASE_HREF", metavar="PATH", help="Path below which the server lies."
    ),
    GlobalFlag(names=("--argo-http1",), variable="ARGO_HTTP1", help="Speak HTTP/1 with the server; that is always so."),
    GlobalFlag(
        names=("-H", "--header"),
        variable="ARGO_HEADER",
        metavar="KEY:VALUE",
        help="Another header of requests.",
        multiple=True,
    ),
    GlobalFlag(names=("-e", "--secure/--no-secure"), variable="ARGO_SECURE", help="Speak TLS with the server (usual)."),
    GlobalFlag(
        names=("-k", "--insecure-skip-verify"),
        variable="ARGO_INSECURE_SKIP_VERIFY",
        help="Do not check the server's certificate.",
    ),
    GlobalFlag(
        names=("--instanceid",),
        variable="ARGO_INSTANCEID",
        metavar="ID",
        help="Only workflows of this controller; not with a server.",
    ),
    GlobalFlag(
        names=("--token",), variable="ARGO_BEARER", metavar="TOKEN", help="Token for the server, unless ARGO_TOKEN is."
    ),
    GlobalFlag(names=("--username",), variable="ARGO_USERNAME", metavar="NAME", help="Name for the server."),
    GlobalFlag(names=("--password",), variable="ARGO_PASSWORD", metavar="TEXT", help="Password for the server."),
    GlobalFlag(
        names=("--certificate-authority",),
        variable="ARGO_CERTIFICATE_AUTHORITY",
        metavar="FILE",
        help="Authorities that vouch for the server.",
    ),
    GlobalFlag(
        names=("--client-certificate",),
        variable="ARGO_CLIENT_CERTIFICATE",
        metavar="FILE",
        help="Certificate shown to the server.",
    ),
    GlobalFlag(names=("--client-key",), variable="ARGO_CLIENT_KEY", metavar="FILE", help="The key of the certificate."),
    GlobalFlag(
        names=("--tls-server-name",),
        variable="ARGO_TLS_SERVER_NAME",
        metavar="NAME",
        help="Name in the server's certificate.",
    ),
    GlobalFlag(
        names=("--insecure-skip-tls-verify",), variable="ARGO_INSECURE_SKIP_VERIFY", help="As --insecure-skip-verify."
    ),
    GlobalFlag(names=("--proxy-url",), variable="ARGO_PROXY_URL", metavar="URL", help="Proxy before the server."),
    GlobalFlag(
        names=("--request-timeout",),
        variable="ARGO_REQUEST_TIMEOUT",
        metavar="TIME",
        help="How long the server may take, such as 30s; 0: any time.",
    ),
    GlobalFlag(
        names=("--disable-compression",), variable="ARGO_DISABLE_COMPRESSION", help="Ask for answers as they are."
    ),
    GlobalFlag(
        names=("--loglevel",),
        variable="ARGO_LOGLEVEL",
        metavar="LEVEL",
        shown_by=_LOGGING,
        help="What is logged: debug, info, warn or error (info).",
    ),
    GlobalFlag(
        names=("--log-format",),
        variable="ARGO_LOG_FORMAT",
        metavar="FORM",
        shown_by=_LOGGING,
        help="How it is logged: text or json (text).",
    ),
    GlobalFlag(names=("--gloglevel",), variable="ARGO_GLOGLEVEL", metavar="N", help="From 6 on as --verbose."),
    GlobalFlag(names=("-v", "--verbose"), variable="ARGO_VERBOSE", help="Say on stderr which requests are sent."),
    GlobalFlag(
        names=("--kubeconfig",),
        variable="TIPHYS_KUBECONFIG",
        metavar="FILE",
        only=_WITH_OBJECTS,
        help="Take objects (ConfigMaps, Secrets, what `resource` acts on) from this cluster.",
    ),
    GlobalFlag(
        names=("--context",),
        variable="TIPHYS_KUBE_CONTEXT",
        metavar="NAME",
        only=_WITH_OBJECTS,
        help="Another context of --kubeconfig.",
    ),
    *(
        GlobalFlag(names=(name,), variable=name, metavar=metavar, help="Of clusters; refused.", refused=_NO_CLUSTER)
        for name, metavar in (
            ("--cluster", "NAME"),
            ("--user", "NAME"),
            ("--server", "URL"),
            ("--as", "NAME"),
            ("--as-uid", "UID"),
            ("--as-group", "NAME"),
        )
    ),
)


def given() -> Mapping[str, str]:
    """What the call says, by variable; nothing outside of a call."""
    context = click.get_current_context(silent=True)
    found: Mapping[str, str] = context.meta.get(_META, {}) if context is not None else {}
    return found


def extend(command: click.Command, *, hidden: bool = False) -> click.Command:
    """Give a command, and all below it, the options that it has none of its own for; ``hidden`` from its help."""
    if isinstance(command, click.Group):
        for name in command.commands:
            extend(command.commands[name])
    _tidy_help(command)
    passes_on = command.context_settings.get("ignore_unknown_options", False)
    taken = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for flag in FLAGS:
        spellings = tuple(name for name in flag.names if name.partition("/")[0] not in taken)
        # What is passed on to a program keeps the options of the program.
        if any(name.startswith("--") for name in spellings) and (flag.shown or not passes_on):
            shown = flag.shown or command.name in flag.shown_by
            command.params.append(_option(flag, spellings, hidden=hidden or not shown))
    return command


def _tidy_help(command: click.Command) -> None:
    """Marks of documentation become plain ones; in the overview of a group stands the first clause, whole."""
    command.help = (command.help or "").replace("``", "`")
    sentence = " ".join(command.help.partition("\n\n")[0].split())
    command.short_help = f"{sentence.rstrip('.').partition('. ')[0].partition('; ')[0]}."


def described() -> list[tuple[str, str]]:
    """Spellings and help of all, for the overview."""
    rows = []
    for flag in FLAGS:
        if not flag.refused:
            names = ", ".join(name.partition("/")[0] for name in flag.names)
            rows.append((f"{names} {flag.metavar}".rstrip(), flag.help))
    return rows


def _option(flag: GlobalFlag, spellings: tuple[str, ...], *, hidden: bool) -> click.Option:
    return click.Option(
        [*spellings, f"global_{flag.names[-1].partition('/')[0].strip('-').replace('-', '_')}"],
        is_flag=not flag.metavar,
        default=None,
        multiple=flag.multiple,
        metavar=flag.metavar or None,
        help=flag.help,
        hidden=hidden,
        expose_value=False,
        callback=_keeping(flag),
    )


def _keeping(flag: GlobalFlag) -> Callable[[click.Context, click.Parameter, _Value], None]:
    def keep(context: click.Context, _: click.Parameter, value: _Value) -> None:
        if value is None or value == ():
            return
        if flag.refused or (flag.only and context.command.name not in flag.only):
            raise UsageError(f"{flag.names[0]} is for clusters", flag.refused or _NO_CLUSTER)
        context.meta.setdefault(_META, {})[flag.variable] = _text(value)

    return keep


def _text(value: str | bool | tuple[str, ...]) -> str:
    """A value as a variable has it."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else value
