"""The command line: finds a command by name and turns what escapes from it into an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

import click

from tiphys.entrypoints.cli import flags, problems
from tiphys.entrypoints.cli.goflags import spelled_out
from tiphys.entrypoints.cli.loading import load_command
from tiphys.errors import FullError, TiphysError, UsageError

#: Command → one line of help.  Its module is imported when it is called, not for the overview.
COMMANDS: Final = {
    "run": "Run workflows here and show how they go.",
    "submit": "Submit workflows; they run in the background.",
    "lint": "Say what is wrong with manifests.",
    "list": "List workflows.",
    "get": "Show a workflow and its nodes.",
    "apply": "Make objects, or bring them to what files say.",
    "get-object": "Show objects of any kind.",
    "delete-object": "Delete objects of any kind.",
    "logs": "Print the logs of a workflow.",
    "exec": "Run a command in the sandbox of a step.",
    "replay": "Run one step again by itself.",
    "wait": "Wait until workflows are over.",
    "watch": "Show a workflow until it is over.",
    "retry": "Run what failed in finished workflows again.",
    "resubmit": "Submit workflows again.",
    "stop": "Stop workflows; exit handlers still run.",
    "terminate": "End workflows at once.",
    "suspend": "Let workflows start nothing new.",
    "resume": "Let suspended workflows go on.",
    "node": "Set outputs, message and phase of Suspend nodes.",
    "drive": "Drive a workflow to its end without a word.",
    "delete": "Delete workflows.",
    "archive": "Look after finished workflows that were deleted.",
    "sync": "Set limits of semaphores.",
    "artifacts": "List, show, fetch and remove artifacts.",
    "cp": "Copy artifacts into a directory.",
    "render": "Print manifests with all that is known before the start filled in.",
    "eval": "Evaluate one expression.",
    "explain": "Describe a field, or say why a workflow or node is as it is.",
    "schema": "Print the JSON Schema of manifests.",
    "lsp": "Run the language server for editors.",
    "template": "Manage WorkflowTemplates.",
    "cluster-template": "Manage ClusterWorkflowTemplates.",
    "cron": "Manage CronWorkflows.",
    "convert": "Rewrite manifests of old versions.",
    "executor-plugin": "Build executor plugins.",
    "completion": "Print the completion script of a shell.",
    "kubeconfig": "Print a configuration for kubectl.",
    "auth": "Tokens of the owner and of ServiceAccounts.",
    "server": "Run the server: Argo's API, the controller and the web UI.",
    "version": "Print the version.",
}


#: Other names that Argo has for a command.
ALIASES: Final = dict.fromkeys(("cwft", "cwftmpl"), "cluster-template")
#: Commands that Argo does not have: they tell what is refused (2) from what failed (1).  Argo's know 1 alone.
OWN: Final = frozenset(
    (
        "apply",
        "artifacts",
        "delete-object",
        "drive",
        "eval",
        "exec",
        "explain",
        "get-object",
        "kubeconfig",
        "lsp",
        "render",
        "replay",
        "run",
        "schema",
    )
)


class Commands(click.Group):
    """A group whose commands are modules of ``commands/``, loaded by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names in the order of the overview."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        name = ALIASES.get(cmd_name, cmd_name)
        return load_command(name) if name in COMMANDS else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options before the name of a command; those after it are the command's own."""
        named = next((i for i, word in enumerate(args) if word in COMMANDS or word in ALIASES), len(args))
        before = spelled_out(args[:named], click.Command("", params=self.params))
        return super().parse_args(ctx, [*before, *args[named:]])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview without loading the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Options of every command, before or after its name"):
            formatter.write_dl(flags.described())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is refused with the nearest name."""
        if args and args[0] not in COMMANDS and args[0] not in ALIASES:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "see tiphys --help"
            raise UsageError(f"no such command: {args[0]}", hint)
        if args and isinstance(ctx.obj, _Called):
            ctx.obj.name = args[0]
        name, command, rest = super().resolve_command(ctx, args)
        return name, command, spelled_out(rest, command) if command is not None else rest


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run Argo Workflows manifests on this machine, without a cluster."""


flags.extend(cli, hidden=True)


class _Called:
    """Which command was called, as far as it is known."""

    name = ""


def main(arguments: Sequence[str]) -> int:
    """Run one command and answer with its exit code; raises nothing."""
    try:
        code = _call(arguments)
        _flush(sys.stdout)
    except BrokenPipeError:
        silence(sys.stdout)
        return problems.CLOSED_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return problems.INTERRUPTED
    return code


def _call(arguments: Sequence[str]) -> int:
    called = _Called()
    completing = bool(os.environ.get("_TIPHYS_COMPLETE"))  # noqa: TID251 - how the shell asks click, no setting
    words = _asked(arguments)
    try:
        answer = cli.main(args=words, prog_name="tiphys", standalone_mode=False, obj=called)
    except click.exceptions.NoArgsIsHelpError as group:  # a group alone is no mistake
        click.echo(group.format_message())
        return problems.OK
    except click.ClickException as error:
        alone = _group_alone(error)
        if alone is not None:
            click.echo(alone.get_help())
            return problems.OK
        return _say(_wrong_usage(error), called)
    except click.Abort:
        raise KeyboardInterrupt from None
    except TiphysError as error:
        _flush(sys.stdout)
        return _say(error, called)
    except BrokenPipeError:
        raise
    except SystemExit as gone:  # click exits for a closed pipe, and when it has offered completions
        if completing:
            return problems.OK
        raise BrokenPipeError from gone
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return problems.report_fault(error, sys.stderr)
        return _say(FullError("there is no space left on the disk", "make room, then call it again"), called)
    except Exception as error:  # the one boundary of the command line: no input ends in a traceback
        return problems.report_fault(error, sys.stderr)
    return answer if isinstance(answer, int) else problems.OK


def _asked(arguments: Sequence[str]) -> list[str]:
    """The words of a call, with the ways to ask for help and version that people try."""
    match list(arguments):
        case [] | ["help"]:
            return ["--help"]
        case ["help", *words]:
            return [*words, "--help"]
        case ["--version"]:
            return ["version", "--short"]
        case words:
            return words


def _say(error: TiphysError, called: _Called) -> int:
    problems.report(error, sys.stderr)
    return problems.exit_code(error) if called.name in OWN else problems.FAILED


def _group_alone(error: click.ClickException) -> click.Context | None:
    """The context of a group that was given options and no command, which is no mistake either."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    is_group = context is not None and isinstance(context.command, click.Group)
    return context if is_group and type(error) is click.UsageError and error.message == "Missing command." else None


def _wrong_usage(error: click.ClickException) -> UsageError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message().rstrip(".")
    hint = "see tiphys --help"
    if context is not None:
        hint = f"see {context.command_path} --help"
        if not isinstance(error, click.NoSuchOption | click.BadParameter) or isinstance(error, click.MissingParameter):
            usage = " ".join(context.command.collect_usage_pieces(context))
            hint = f"{context.command_path} {usage}; {hint}"
    return UsageError(message[:1].lower() + message[1:], hint)


def _flush(stream: TextIO) -> None:
    if not stream.closed:
        stream.flush()


def silence(stream: TextIO) -> None:
    """Let everything that is still written to a closed pipe vanish; the interpreter flushes once more at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
