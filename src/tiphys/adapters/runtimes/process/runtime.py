"""The controller's side of the process runtime; implements ``ports.runtime.PodRuntime``."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping, Sequence
from pathlib import Path

from tiphys.adapters.runtimes.process import sandbox, trial
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.plan import Settings, compile_plan
from tiphys.adapters.runtimes.process.refusals import refusals
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.records import ProcessLaunch
from tiphys.adapters.supervisor.runtime import SupervisedRuntime, launch_of, nothing_kept
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import PodRuntimeError
from tiphys.ports.runtime import PodRequest, Refusal

_UNSANDBOXED = (
    "steps run without a sandbox ({why}): they see and change this machine's files, "
    "and parallel steps that use the same path disturb each other"
)


class ProcessRuntime(SupervisedRuntime):
    """Runs pods as process trees of this machine, each container in a sandbox of its own.

    Args:
        home: Where pods, logs and the supervisor's socket live; made if missing.  Containers never see it.
        sandbox: None: if bubblewrap works, else without and with a warning.  True: or not at all.  False: without.
        host_paths: Directories below which ``hostPath`` volumes are allowed.
        images: What images stand for: entry points and programs; see ``images.ImageEntry``.
        environment: What every container starts with, over ``PATH`` and ``HOME`` of this machine.
        artifacts: Options of the artifact drivers.

    Raises:
        PodRuntimeError: ``sandbox=True`` and bubblewrap is missing or does not work.
    """

    def __init__(
        self,
        home: Path,
        *,
        sandbox: bool | None = None,
        host_paths: Sequence[Path] = (),
        images: Mapping[str, ImageEntry] | None = None,
        environment: Mapping[str, str] | None = None,
        artifacts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(home, lambda request: compile_plan(request, self._settings()))
        self._host_paths = tuple(map(str, host_paths))
        self._images = dict(images or {})
        self._environment = dict(environment or {})
        self._wanted = sandbox
        self._why = ""
        self._made: Settings | None = None
        self._artifacts = dict(artifacts or {"home": self._home})
        if sandbox:
            self._settings()

    @property
    def name(self) -> str:
        """``process``."""
        return "process"

    def warnings(self) -> Sequence[str]:
        """One warning when there is no sandbox."""
        return [_UNSANDBOXED.format(why=self._why)] if self._settings().sandbox is None else []

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What of a pod manifest cannot be honoured; tags may be unresolved."""
        sandboxed = self._settings().sandbox is not None
        return refusals(manifest, self._images, sandboxed=sandboxed, host_paths=bool(self._host_paths))

    def enter(self, request: PodRequest, container: str, argv: Sequence[str]) -> int:
        """Run a command beside a container that runs, or in what a failed one left; its exit code."""
        from tiphys.adapters.runtimes.process.shell import enter_kept, enter_running
        from tiphys.adapters.supervisor.terminal import in_own_process

        plan = compile_plan(request, self._settings())
        launch, pid = launch_of(plan, container, ProcessLaunch), self._locate(request.key, container)
        if pid:
            return in_own_process(lambda: enter_running(launch, pid, argv))
        directory = layout.pod_directory(self._home, request.key.uid, request.key.node_id)
        if not os.path.isdir(layout.root_directory(directory, container)):
            raise nothing_kept(plan, container)
        return in_own_process(lambda: enter_kept(launch, argv))

    def _settings(self) -> Settings:
        if self._made is None:
            home = pwd.getpwuid(os.getuid()).pw_dir
            environment = {"PATH": sandbox.DEFAULT_PATH, "HOME": home, **self._environment}
            self._made = Settings(
                home=self._home,
                sandbox=self._find_sandbox(environment),
                environment=environment,
                host_paths=self._host_paths,
                images=self._images,
                artifacts=self._artifacts,
            )
        return self._made

    def _find_sandbox(self, environment: Mapping[str, str]) -> sandbox.Sandbox | None:
        if self._wanted is False:
            self._why = "it is switched off"
            return None
        program = sandbox.find_program(environment)
        if program is None:
            self._why = "bubblewrap is not installed"
        else:
            found = sandbox.describe(program, self._home, environment["HOME"], environment)
            said = trial.trouble(found, self._home)
            if said is None:
                return found
            self._why = f"bubblewrap does not work here: {said.splitlines()[0][:200]}"
        if self._wanted:
            raise PodRuntimeError(f"no sandbox: {self._why}", "install bubblewrap, or allow steps without a sandbox")
        return None
