"""The container runtime against `podman run`, as ``containers``, but a thousand pods."""

from __future__ import annotations

from bench.containers import measure


def report(*, quick: bool) -> None:
    measure(100 if quick else 1000, 1)
