"""What msgspec has to know of records, gathered before threads read them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


def ready_records() -> None:
    """Have msgspec look at every record that is imported, so that no two threads make it do so at once.

    It looks at a record's fields when it reads the first of its kind, and shows what it has gathered to other threads
    before it is complete: two that read their first CronWorkflow at once ended the process (SIGSEGV).  Records that
    it cannot read, of which nobody asks for one, are passed over.  Takes some tens of milliseconds.
    """
    for kind in _kinds(msgspec.Struct):
        try:
            msgspec.json.Decoder(kind)
        except (TypeError, NameError):
            continue


def _kinds(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
