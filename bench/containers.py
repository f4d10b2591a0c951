"""The container runtime against `podman run`: a hundred pods, eight at a time.  Needs root, podman and busybox."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.engine.podman import podman_service

from bench.commands import FAN, xargs
from bench.pairs import ratio, seconds, show


def report(*, quick: bool) -> None:
    measure(*((8, 1) if quick else (100, 3)))


def measure(count: int, runs: int) -> None:
    """Show what ``count`` pods cost, the middle of ``runs`` pairs."""
    if os.geteuid() != 0:
        print("containers: only as root")
        return
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        file = Path(scratch, "fan.yaml")
        file.write_text(FAN.format(count=count).replace("image: none", "image: busybox"))
        with podman_service() as podman:
            environment = {**os.environ, "TIPHYS_ENGINE": podman.address, "TIPHYS_RUNTIME": "container"}
            environment["TIPHYS_HOME"] = f"{scratch}/home"
            bare = [*podman.command, "run", "--rm", "--init", "busybox", "true"]
            show(
                f"fan-out of {count} containers, parallelism 8",
                ratio(
                    lambda: seconds([tiphys, "run", str(file), "-o", "name"], environment),
                    lambda: xargs(bare, count, 8),
                    runs,
                ),
                "<= 1.5 (xargs -P8 podman run)",
            )
