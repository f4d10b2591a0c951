"""What the configuration says about pods."""

from __future__ import annotations

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject


class PodDefaults(Struct, frozen=True):
    """What the configuration says about pods where a manifest does not.

    ``delete_delay`` is how long a pod stays once ``podGC`` may delete it, ``grace_seconds`` how long one that is ended
    may take before it is killed (None: Kubernetes' 30).  ``host_label`` is the label of machines by which attempts
    avoid those on which earlier ones failed.  ``main_container`` is a Container that main containers
    have where their templates say nothing.  ``traced``: pods are told their span.
    """

    delete_delay: str = "5s"
    grace_seconds: int | None = None
    host_label: str = "kubernetes.io/hostname"
    main_container: JsonObject = field(default_factory=dict)
    traced: bool = False


POD_DEFAULTS = PodDefaults()
