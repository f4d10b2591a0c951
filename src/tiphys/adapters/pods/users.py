"""Whom a container runs as."""

from __future__ import annotations

from msgspec import Struct

from tiphys.adapters.pods.manifest import Container, Pod, SecurityContext
from tiphys.adapters.pods.problems import ContainerError

#: The user of Argo's own images, taken where any user but root will do.
_NON_ROOT = 8737


class RunAs(Struct, frozen=True):
    """Numbers of user and group; None: as the image or the machine has it.  ``read_only``: the root file system is."""

    uid: int | None = None
    gid: int | None = None
    read_only: bool = False


def run_as(pod: Pod, container: Container, pod_name: str) -> RunAs:
    """The container's security context over the pod's.

    Raises:
        ContainerError: It must not run as root and would.
    """
    own, shared = container.security_context or SecurityContext(), pod.spec.security_context or SecurityContext()
    uid = own.run_as_user if own.run_as_user is not None else shared.run_as_user
    gid = own.run_as_group if own.run_as_group is not None else shared.run_as_group
    if own.run_as_non_root if own.run_as_non_root is not None else shared.run_as_non_root:
        if uid == 0:
            raise ContainerError(
                f"container's runAsUser breaks non-root policy (pod: {pod_name!r}, container: {container.name})"
            )
        uid = _NON_ROOT if uid is None else uid
    return RunAs(uid, gid, own.read_only_root_filesystem)


def groups_of(pod: Pod) -> tuple[int, ...]:
    """The groups that every process of the pod belongs to besides its own, that of the volumes first."""
    shared = pod.spec.security_context or SecurityContext()
    own = () if shared.fs_group is None else (shared.fs_group,)
    return tuple(dict.fromkeys((*own, *shared.supplemental_groups)))
