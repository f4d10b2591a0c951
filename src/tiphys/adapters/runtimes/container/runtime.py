"""The controller's side of the container runtime; implements ``ports.runtime.PodRuntime``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tiphys.adapters.pods.refusals import refusals_of_pod
from tiphys.adapters.runtimes.container.engine import Engine, words_of
from tiphys.adapters.runtimes.container.launcher import again_prepared
from tiphys.adapters.runtimes.container.plan import Settings, compile_plan
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.launcher import StartError
from tiphys.adapters.supervisor.records import EngineLaunch
from tiphys.adapters.supervisor.runtime import SupervisedRuntime, launch_of, nothing_kept
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import PodRuntimeError
from tiphys.ports.runtime import PodRequest, Refusal


class ContainerRuntime(SupervisedRuntime):
    """Runs pods as containers of a Docker-compatible engine.

    Args:
        home: Where pods, logs and the supervisor's socket live; made if missing.
        address: Where the engine answers, as in ``DOCKER_HOST``.
        host_paths: Directories below which ``hostPath`` volumes are allowed.
        network: The engine's network for pods; empty for its default, in Docker for one made for pods.
        artifacts: Options of the artifact drivers.

    Raises:
        PodRuntimeError: The library is missing, or no engine answers.
    """

    def __init__(
        self,
        home: Path,
        address: str,
        *,
        host_paths: Sequence[Path] = (),
        network: str = "",
        artifacts: Mapping[str, str] | None = None,
    ) -> None:
        engine = Engine(address)
        try:
            network = network or engine.networks.of_pods()
        finally:
            engine.close()
        super().__init__(home, lambda request: compile_plan(request, self._settings))
        self._settings = Settings(
            home=self._home,
            address=address,
            host_paths=tuple(map(str, host_paths)),
            network=network,
            artifacts=dict(artifacts or {"home": self._home}),
        )

    @property
    def name(self) -> str:
        """``container``."""
        return "container"

    def warnings(self) -> Sequence[str]:
        """None: an engine that does not answer is an error."""
        return ()

    def enter(self, request: PodRequest, container: str, argv: Sequence[str]) -> int:
        """Run a command beside a container that runs, or in a copy of what a failed one left; its exit code."""
        from tiphys.adapters.runtimes.container.shell import enter_kept, enter_running

        plan = compile_plan(request, self._settings)
        launch = launch_of(plan, container, EngineLaunch)
        engine = Engine(self._settings.address)
        try:
            if engine.runs(launch.name):
                return enter_running(engine, launch.name, argv)
            if engine.inspect(launch.name) is None:
                raise nothing_kept(plan, container)
            directory = layout.pod_directory(self._home, request.key.uid, request.key.node_id)
            with again_prepared(plan, directory):
                return enter_kept(engine, launch, argv)
        except StartError as error:
            raise PodRuntimeError(str(error), None, request.pod_name) from None
        except engine.troubles as error:
            said = f"the container engine cannot say what became of {container!r}: {words_of(error)}"
            raise PodRuntimeError(said, "is it running? try again", request.pod_name) from None
        finally:
            engine.close()

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What of a pod manifest cannot be honoured; tags may be unresolved."""
        return refusals_of_pod(manifest, self.name, host_paths=bool(self._settings.host_paths))
