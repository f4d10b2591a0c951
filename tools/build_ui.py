"""Hatch build hook: builds the web UI into the wheel where npm is there; elsewhere the server says how to get it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildUi(BuildHookInterface[Any]):
    """Runs npm in ``ui/``; an installation for development (editable) uses ``make ui`` instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the UI unless it cannot be; a failure is said and does not stop the installation."""
        del build_data
        source = Path(self.root) / "ui"
        npm = shutil.which("npm")
        if version != "standard" or not source.is_dir():
            return
        if npm is None:
            self.app.display_warning("npm was not found: the wheel gets no web UI")
            return
        try:
            for command in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "build"]):
                subprocess.run([npm, *command], cwd=source, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"the web UI could not be built: {error}")
