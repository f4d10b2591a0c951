"""What msgspec has to know of records, gathered before threads read them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec

#: Where records are that several threads of a server read.
_RINGS = ("tiphys.core", "tiphys.app", "tiphys.ports")


def ready_records() -> None:
    """Have msgspec look at every record of the core, the services and the ports, so that no two threads make it do so.

    It looks at a record's fields when it reads the first of its kind, and shows what it has gathered to other threads
    before it is complete: two that read their first CronWorkflow at once ended the process (SIGSEGV).  Modules that
    commands load only when needed are loaded here for the same reason.  Records that it cannot read, of which nobody
    asks for one, are passed over.  Takes some tenths of a second.
    """
    for ring in _RINGS:
        for module in pkgutil.walk_packages(importlib.import_module(ring).__path__, f"{ring}."):
            importlib.import_module(module.name)
    for kind in _kinds(msgspec.Struct):
        try:
            msgspec.json.Decoder(kind)
        except (TypeError, NameError):
            continue


def _kinds(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
