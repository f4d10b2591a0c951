"""The runtime that settings or the machine choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiphys.entrypoints.settings import Settings
from tiphys.errors import PodRuntimeError, UsageError

if TYPE_CHECKING:
    from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
    from tiphys.adapters.runtimes.process.runtime import ProcessRuntime


RUNTIMES = ("auto", "process", "container")


def pod_runtime(settings: Settings, name: str) -> ContainerRuntime | ProcessRuntime:
    """The runtime of that name; ``auto`` takes containers where an engine answers.

    Raises:
        UsageError: no runtime has that name.
        PodRuntimeError: it cannot be used here.
    """
    if name not in RUNTIMES:
        raise UsageError(f"no runtime is called {name!r}", f"there is: {', '.join(RUNTIMES)}")
    found = None if name == "process" else _container_runtime(settings, needed=name == "container")
    if found is not None:
        return found
    from tiphys.adapters.runtimes.process.images import ImageEntry
    from tiphys.adapters.runtimes.process.runtime import ProcessRuntime

    sandbox = {"on": True, "off": False}.get(settings.sandbox)
    return ProcessRuntime(
        settings.home,
        sandbox=sandbox,
        host_paths=settings.host_paths,
        images={name: ImageEntry(said.entrypoint, said.cmd) for name, said in settings.controller.images.items()},
        environment=settings.process_environment or None,
        artifacts=settings.artifact_options,
    )


def _container_runtime(settings: Settings, *, needed: bool) -> ContainerRuntime | None:
    """The container runtime; None where it is not needed and no engine answers.

    Raises:
        PodRuntimeError: it is needed, and no engine answers or the library is missing.
    """
    from tiphys.adapters.runtimes.container.search import find_address

    address = find_address(settings.engine, settings.runtime_directory)
    if address is None:
        if not needed:
            return None
        hint = "start Docker or `podman system service`, or set TIPHYS_ENGINE to its address"
        raise PodRuntimeError("no container engine was found", hint)
    from tiphys.adapters.runtimes.container.runtime import ContainerRuntime

    try:
        return ContainerRuntime(
            settings.home, address, host_paths=settings.host_paths, artifacts=settings.artifact_options
        )
    except PodRuntimeError:
        if needed:
            raise
        return None
