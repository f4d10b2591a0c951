"""How the supervisor brings containers of an engine to life."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.runtimes.container.body import EngineBody
from tiphys.adapters.runtimes.container.engine import Engine, load_library
from tiphys.adapters.supervisor.launcher import Body, Host
from tiphys.adapters.supervisor.pod import share, write_file
from tiphys.adapters.supervisor.records import ContainerPlan, EngineLaunch, PodPlan, PodRecord
from tiphys.errors import PodRuntimeError


def make_launcher(home: str) -> EngineLauncher:
    """The launcher of a data directory; called in the supervisor."""
    load_library()  # once, before all forks
    return EngineLauncher()


class EngineLauncher:
    """Implements ``supervisor.launcher.Launcher``."""

    def prepare(self, plan: PodPlan, directory: str) -> None:
        """Make the directories and files that the containers mount or are given."""
        _prepare(plan)

    def body(self, plan: PodPlan, container: ContainerPlan, host: Host, directory: str) -> Body:
        """A minded container."""
        assert isinstance(container.launch, EngineLaunch)
        return EngineBody(container.launch, host)

    def tidy(self, plan: PodPlan, *, failed: bool) -> None:
        """Remove the files that must not stay: secrets."""
        _remove_passing(plan)

    def lose(self, record: PodRecord, directory: str) -> None:
        """Remove the containers that an earlier supervisor left."""
        _remove_containers(record)


def discard(record: PodRecord, directory: str) -> None:
    """Remove what was kept of a failed pod: its containers."""
    with contextlib.suppress(PodRuntimeError):  # no engine, no containers
        _remove_containers(record)


@contextlib.contextmanager
def again_prepared(plan: PodPlan, directory: str) -> Iterator[None]:
    """Have what an ended pod mounted once more, secrets included, while somebody looks around.

    Several may look at once: the last one removes what must not stay.
    """
    lock = os.open(f"{directory}/looking", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        _prepare(plan)
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove_passing(plan)
    finally:
        os.close(lock)


def _prepare(plan: PodPlan) -> None:
    for path in (*plan.roots, *plan.directories):
        os.makedirs(path, 0o755, exist_ok=True)
    share(plan.shared, plan.volume_group)
    for file in plan.files:
        write_file(file.path, file.data)
        os.chmod(file.path, file.mode)


def _remove_passing(plan: PodPlan) -> None:
    for path in plan.passing:
        remove_tree(path)


def _remove_containers(record: PodRecord) -> None:
    if not record.engine:  # a pod that was refused; without an address the library asks the machine's own engine
        return
    engine = Engine(record.engine)
    try:
        engine.forget(record.uid, record.node_id)
    finally:
        engine.close()
