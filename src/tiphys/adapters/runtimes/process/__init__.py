"""Pods as sandboxed process trees on this machine.

The controller's side (``runtime``) turns a Pod manifest into a plan (``plan``, ``mounts``, ``sandbox``, ``images``) and
asks the supervisor to run it.  In the supervisor ``launcher`` makes private roots (``roots``) and starts containers
(``bodies``) within their ``limits``; ``enter`` runs one more command in a container.
"""

from __future__ import annotations

from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.runtime import ProcessRuntime

__all__ = ["ImageEntry", "ProcessRuntime"]
