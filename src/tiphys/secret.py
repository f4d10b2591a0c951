"""Values that must not be seen."""

from __future__ import annotations


class Secret:
    """A secret value that prints as ``***`` everywhere but where it is used.

    It is no msgspec type on purpose: encoding a record that holds one fails instead of leaking it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The value itself; call it only where the value leaves for its purpose."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret cannot be pickled")
