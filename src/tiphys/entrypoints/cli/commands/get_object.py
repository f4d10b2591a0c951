"""``tiphys get-object``."""

from __future__ import annotations

import sys

import click

from tiphys.entrypoints.cli import session


@click.command("get-object")
@click.argument("kind")
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("-o", "--output", metavar="FORM", help="json, yaml, name, wide or jsonpath=TEMPLATE.")
@click.option("-l", "--selector", default="", metavar="SELECTOR", help="Labels, such as a=b,c!=d,e in (f,g).")
@click.option("--field-selector", default="", metavar="SELECTOR", help="Fields, such as metadata.name=a.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Of all namespaces.")
def command(
    *,
    kind: str,
    names: tuple[str, ...],
    output: str | None,
    selector: str,
    field_selector: str,
    all_namespaces: bool,
) -> int:
    """Show objects of a kind: ``configmap``, ``secrets``, ``jobs.batch``, ``wftmpl``."""
    from tiphys.app.services.paging import listed
    from tiphys.core.objects.selectors import parse_selector
    from tiphys.entrypoints.cli.output.anykind import kind_of, print_objects
    from tiphys.ports.identity import OWNER
    from tiphys.ports.objects import Listing, ObjectRef

    with session.local_system() as (local, space):
        objects = local.acted_on
        known = kind_of(objects.catalogue(), kind)
        if names:
            found = [objects.get(OWNER, ObjectRef(known, space, name)) for name in names]
        else:
            wanted = Listing(
                kind=known,
                namespace="" if all_namespaces or not known.namespaced else space,
                labels=parse_selector(selector),
                fields=parse_selector(field_selector),
            )
            found = [item for page in listed(objects, OWNER, wanted) for item in page.items]
        text = print_objects(found, known, output or "", single=len(names) == 1, now=session.now())
    sys.stdout.write(text)
    return 0
