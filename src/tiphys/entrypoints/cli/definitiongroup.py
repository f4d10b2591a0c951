"""The group of commands of a kind: ``template``, ``cluster-template`` and ``cron`` differ in the kind and its print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import click

from tiphys.entrypoints.cli import completing, definitions, fileoptions, forms, session
from tiphys.entrypoints.cli.definitions import FORMS, Definition
from tiphys.entrypoints.cli.loading import load_command
from tiphys.entrypoints.cli.optiongroups import Decorator
from tiphys.entrypoints.cli.output.definitions import name_of

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonObject

_OUTPUT = forms.output(*FORMS, default="wide")


class DefinitionGroup(click.Group):
    """A group in which ``lint`` is the command of that name, for the one kind: it is loaded when it is called."""

    kind = "all"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, ``lint`` last."""
        return [*super().list_commands(ctx), "lint"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        if cmd_name != "lint":
            return super().get_command(ctx, cmd_name)
        found = copy(load_command("lint"))
        found.params = [self._of_kind(each) for each in found.params]
        return found

    def _of_kind(self, parameter: click.Parameter) -> click.Parameter:
        """The option ``--kinds`` without a choice; others as they are."""
        if not isinstance(parameter, click.Option) or parameter.name != "kinds":
            return parameter
        fixed = copy(parameter)
        fixed.default, fixed.hidden = self.kind, True
        return fixed


class Printing(Protocol):
    """How the objects of a kind are shown."""

    def lines(self, item: JsonObject, now: datetime) -> str:
        """One object in full."""

    def table(self, items: Sequence[JsonObject], now: datetime, *, namespaces: bool) -> str:
        """Many objects, a line each."""

    def deleted(self, name: str) -> str:
        """What is said of an object that is gone."""


def group_of(definition: Definition, printing: Printing, name: str, help_text: str) -> DefinitionGroup:
    """The group: create, update, get, list, delete, lint."""
    group = DefinitionGroup(name, help=help_text)
    group.kind = definition.kind
    group.add_command(_create(definition, printing))
    group.add_command(_update(definition, printing))
    group.add_command(_get(definition, printing))
    group.add_command(_list(definition, printing))
    group.add_command(_delete(definition, printing))
    return group


def print_items(items: Sequence[JsonObject], output: str, printing: Printing) -> None:
    """Write objects in the form that was asked for, one after another."""
    now = session.now()
    for item in items:
        sys.stdout.write(printing.lines(item, now) if output == "wide" else definitions.show(item, output))


def _create(definition: Definition, printing: Printing) -> click.Command:
    @click.command("create", help=f"Make the {definition.words}s of files.")
    @fileoptions.files(required=True)
    @_OUTPUT
    @fileoptions.STRICT
    def create(*, files: tuple[str, ...], output: str, strict: bool) -> int:
        with session.system() as (local, space):
            manifests = definitions.read(local, files, definition, space, strict=strict)
            print_items(list(definitions.create(local, manifests, definition, space)), output, printing)
        return 0

    return create


def _update(definition: Definition, printing: Printing) -> click.Command:
    @click.command("update", help=f"Replace {definition.words}s by those of files.")
    @fileoptions.files(required=True)
    @_OUTPUT
    @fileoptions.STRICT
    def update(*, files: tuple[str, ...], output: str, strict: bool) -> int:
        with session.system() as (local, space):
            manifests = definitions.read(local, files, definition, space, strict=strict)
            print_items(list(definitions.update(local, manifests, definition, space)), output, printing)
        return 0

    return update


def names_of(definition: Definition, *, required: bool = True) -> Decorator:
    """The argument that names objects of a kind."""
    completer = completing.definitions_of(definition)
    return click.argument("names", metavar="NAME...", nargs=-1, required=required, shell_complete=completer)


def _get(definition: Definition, printing: Printing) -> click.Command:
    @click.command("get", help=f"Show {definition.words}s.")
    @names_of(definition)
    @_OUTPUT
    def get(names: tuple[str, ...], output: str) -> int:
        with session.system() as (local, space):
            print_items(definitions.get(local, names, definition, space), output, printing)
        return 0

    return get


def _list(definition: Definition, printing: Printing) -> click.Command:
    @click.command("list", help=f"List {definition.words}s.")
    @click.option("-A", "--all-namespaces", is_flag=True, help="Every namespace.")
    @click.option("-l", "--selector", default="", metavar="LABELS", help="Labels, such as a=b,c!=d.")
    @forms.output("wide", "name", default="wide")
    def list_(*, all_namespaces: bool, selector: str, output: str) -> int:
        with session.system() as (local, space):
            found = definitions.every(local, definition, "" if all_namespaces else space, selector)
        if output == "name":
            sys.stdout.writelines(definitions.show(item, output) for item in found)
        else:
            sys.stdout.write(printing.table(found, session.now(), namespaces=all_namespaces and definition.namespaced))
        return 0

    return list_


def _delete(definition: Definition, printing: Printing) -> click.Command:
    @click.command("delete", help=f"Delete {definition.words}s.")
    @names_of(definition, required=False)
    @click.option("--all", "everything", is_flag=True, help="All of the namespace.")
    def delete(names: tuple[str, ...], *, everything: bool) -> int:
        with session.system() as (local, space):
            if everything:
                names = tuple(name_of(item) for item in definitions.every(local, definition, space))
            for name in definitions.delete(local, names, definition, space):
                sys.stdout.write(printing.deleted(name))
        return 0

    return delete
