"""What the configuration says about pods."""

from __future__ import annotations

from msgspec import Struct


class PodDefaults(Struct, frozen=True):
    """What the configuration says about pods where a manifest does not.

    ``delete_delay`` is how long a pod stays once ``podGC`` may delete it, ``grace_seconds`` how long one that is ended
    may take before it is killed (None: Kubernetes' 30).  ``host_label`` is the label of machines by which attempts
    avoid those on which earlier ones failed.
    """

    delete_delay: str = "5s"
    grace_seconds: int | None = None
    host_label: str = "kubernetes.io/hostname"


POD_DEFAULTS = PodDefaults()
