"""`tiphys run` of one workflow with a data directory of its own, to be killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.waiting import PATIENCE


class Machine:
    """A data directory, a runtime, and a directory that pods see as ``/out``."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.home, self.out = folder / "home", folder / "out"
        self.out.mkdir()
        self._file = folder / "w.yaml"
        inherited = os.environ
        self._environment = {
            **inherited, "TIPHYS_HOME": str(self.home), "TIPHYS_HOST_PATHS": str(self.out), **environment,
        }  # fmt: skip

    def write(self, **template: object) -> None:
        """Write the workflow ``w`` of one template, which sees ``/out``."""
        spec = {
            "entrypoint": "main",
            "volumes": [{"name": "out", "hostPath": {"path": str(self.out)}}],
            "templates": [{"name": "main", **template}],
        }
        workflow = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": spec}
        self._file.write_text(yaml.safe_dump(workflow))

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """``tiphys run`` of that file, which does not outlive the test."""
        words = [sys.executable, "-m", "tiphys", "run", str(self._file)]
        run = subprocess.Popen(words, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield run
        finally:
            (self.out / "go").touch()
            run.kill()
            run.wait()
            self.call("terminate", "w")

    def call(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tiphys", *words], env={**self._environment, **environment}, capture_output=True,
            text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def nodes(self) -> dict[str, Any]:
        found = json.loads(self.call("get", "w", "-o", "json").stdout)
        return {node["name"]: node for node in found["status"]["nodes"].values()}

    def marks(self) -> list[str]:
        file = self.out / "marks"
        return file.read_text().split() if file.exists() else []
