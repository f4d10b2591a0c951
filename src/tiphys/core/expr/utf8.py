"""Texts as the bytes that Go counts; bytes that are no UTF-8 live on as surrogates."""

from __future__ import annotations


def utf8(text: str) -> bytes:
    """The bytes of a text."""
    return text.encode("utf-8", "surrogateescape")


def from_utf8(data: bytes) -> str:
    """The text of some bytes, whatever they are."""
    return data.decode("utf-8", "surrogateescape")
