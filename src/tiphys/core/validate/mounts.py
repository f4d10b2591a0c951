"""Paths at which a container has something mounted."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.core.manifest.model.pod import VolumeMount
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site


def check_mounts(context: Context, site: Site, label: str, mounts: Iterable[VolumeMount], owner: str) -> dict[str, str]:
    """Report mounts at the same path; the paths that are taken, and by what (``<owner>volumeMounts.<name>``)."""
    taken: dict[str, str] = {}
    for at, mount in enumerate(mounts):
        path = mount.mount_path
        if path in taken:
            context.error(
                Code.MOUNT_CONFLICT,
                site.at(at, "mountPath"),
                f"{label}volumeMounts[{at}].mountPath '{path}' already mounted in {taken[path]}",
            )
        taken[path] = f"{owner}volumeMounts.{mount.name}"
    return taken
