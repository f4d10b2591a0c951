"""Ours refuses what a Go function was called with."""

from __future__ import annotations


class CallError(Exception):
    """The text stands for Go's error."""
