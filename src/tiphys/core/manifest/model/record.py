"""The base of every record of the manifest model."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A frozen record; ``None`` means that the field is absent from the text.

    Attributes are the JSON names in snake case. Two records are equal when all fields are.
    """
