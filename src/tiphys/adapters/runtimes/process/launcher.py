"""How the supervisor brings processes of this machine to life: private roots, then one body for each container."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.runtimes.process.bodies import PlainBody, SandboxBody
from tiphys.adapters.runtimes.process.roots import Roots
from tiphys.adapters.supervisor import layout, processes
from tiphys.adapters.supervisor.launcher import Body, Host
from tiphys.adapters.supervisor.pod import share, write_file
from tiphys.adapters.supervisor.records import ContainerPlan, PodPlan, PodRecord, ProcessLaunch

#: Bytes that must be free for what failed pods left to be kept.
_ROOM = 16 << 20


def make_launcher(home: str) -> ProcessLauncher:
    """The launcher of a data directory; called in the supervisor."""
    return ProcessLauncher(home)


class ProcessLauncher:
    """Implements ``supervisor.launcher.Launcher``."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._roots = Roots(home)
        self._adopting = False

    def prepare(self, plan: PodPlan, directory: str) -> None:
        """Make the roots, directories, links and files of a pod."""
        skeleton = self._roots.skeleton(plan.skeleton, plan.links)
        for root in plan.roots:
            self._roots.take(skeleton, root)
        for path in plan.directories:
            _make_directories(path)
        share(plan.shared, plan.volume_group)
        for path, target in plan.extra_links:
            os.symlink(target, path)
        for file in plan.files:
            write_file(file.path, file.data)
            os.chmod(file.path, file.mode)
        if not self._adopting and any(
            isinstance(item.launch, ProcessLaunch) and not item.launch.sandboxed for item in plan.containers
        ):
            processes.adopt_orphans()
            self._adopting = True

    def body(self, plan: PodPlan, container: ContainerPlan, host: Host, directory: str) -> Body:
        """A process in a sandbox, or without one."""
        launch = container.launch
        assert isinstance(launch, ProcessLaunch)
        return SandboxBody(launch, host) if launch.sandboxed else PlainBody(launch, host)

    def tidy(self, plan: PodPlan, *, failed: bool) -> None:
        """Give back the private roots in which a pod that succeeded left nothing.

        What a failed one left stays, except on a full disk: what became of it must have a place there.
        """
        if failed:
            for root in plan.roots:
                self._roots.leave(root)
            if _is_full(self._home):
                _remove_roots(plan.roots)
            return
        skeleton = self._roots.skeleton(plan.skeleton, plan.links)
        for root in plan.roots:
            self._roots.give(skeleton, root)

    def lose(self, record: PodRecord, directory: str) -> None:
        """End the processes that were not in a sandbox: those that were died with their supervisor."""
        for name, _ in record.names:
            processes.kill_marked(f"{directory}/{name}")


def discard(record: PodRecord, directory: str) -> None:
    """Remove what was kept of a failed pod: its private roots."""
    _remove_roots([layout.root_directory(directory, name) for name, _ in record.names])


def _remove_roots(roots: Iterable[str]) -> None:
    for root in roots:
        remove_tree(root)


def _is_full(directory: str) -> bool:
    try:
        found = os.statvfs(directory)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _ROOM


def _make_directories(path: str) -> None:
    try:
        os.mkdir(path, 0o755)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make_directories(os.path.dirname(path))
        os.mkdir(path, 0o755)
