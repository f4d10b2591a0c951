"""Pods as sandboxed process trees on this machine.

Two processes share the work.  The controller's side (``runtime``) turns a Pod manifest into a plan (``plan``,
``sandbox``, ``images``), asks the supervisor to run it and reads outputs and logs from disk.  The supervisor's side
(``supervisor``, ``pod``, ``container``) spawns, watches and kills processes and writes what it sees to disk, so that
it outlives any controller.  ``records`` is what they say to each other; ``layout`` is where things lie on disk.
"""

from __future__ import annotations

from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.runtime import ProcessRuntime

__all__ = ["ImageEntry", "ProcessRuntime"]
