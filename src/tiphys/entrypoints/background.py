"""A process of its own that drives a workflow after the command that submitted it has ended."""

from __future__ import annotations

import sys

from tiphys.entrypoints.settings import Settings
from tiphys.errors import StoreError


def drive(settings: Settings, runtime: str, namespace: str, name: str = "") -> None:
    """Start ``tiphys drive`` for a workflow, or for Jobs, detached from the terminal and from this process.

    It ends with the workflow, or when only a person can move it; a second one finds the workflow claimed and ends.
    What goes wrong in it is written to ``drivers/<namespace>.<name>.log`` in the data directory.

    Raises:
        StoreError: the process or its log cannot be made.
    """
    import subprocess

    directory = settings.home / "drivers"
    log = directory / f"{namespace}.{name or 'jobs'}.log"
    words = [name] if name else []
    command = [sys.executable, "-m", "tiphys", "drive", *words, "-n", namespace, "--home", str(settings.home)]
    command += ["--runtime", runtime]
    if settings.kubeconfig is not None:
        command += ["--kubeconfig", str(settings.kubeconfig), "--context", settings.kube_context]
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as output:
            # The shell ends at once, so the driver belongs to nobody and is never waited for.
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=settings.home,
                start_new_session=True,
                check=True,
            )
    except OSError as error:
        raise StoreError(f"the workflow cannot be driven in the background: {error.strerror}", where=str(log)) from None
