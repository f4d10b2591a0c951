"""Artifacts of what runs without containers: one input as text, and the log as an output."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tiphys.adapters.executor.job import ContainerLog, Job, Result, command, encode_job, read_result
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.runtime import PodRequest

_SECONDS = 120.0
_LARGEST = 16 * 1024 * 1024


class InputReader:
    """Reads input artifacts of a request; ``options`` are those of artifact drivers."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = dict(options)

    def read(self, request: PodRequest, name: str) -> str:
        """The text of the input artifact ``name``.

        Raises:
            ArtifactError: there is no such artifact, it cannot be loaded in time, or it is no text.
        """
        artifact = next((item for item in request.input_artifacts if item.get("name") == name), None)
        if artifact is None:
            raise ArtifactError(f"there is no input artifact {name!r}")
        import tempfile

        with tempfile.TemporaryDirectory(prefix="tiphys-") as scratch:
            root = os.path.join(scratch, "root")
            os.mkdir(root)
            job = Job(
                action="load",
                artifacts=({**artifact, "path": "/artifact"},),
                root=root,
                options=self._options,
                secrets=request.sources.secrets,
                config_maps=request.sources.config_maps,
            )
            result = _carried_out(job, scratch, f"artifact {name} could not be loaded")
            if result.error is not None:
                raise ArtifactError(result.error)
            return _text(os.path.join(root, "artifact"), name)


class LogKeeper:
    """Archives logs of requests; ``options`` are those of artifact drivers."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = dict(options)

    def keep(self, request: PodRequest, text: str) -> tuple[JsonObject, ...]:
        """Save the text at the request's ``log_artifact``; answers with the artifact as the node shows it.

        Raises:
            ArtifactError: it cannot be saved, or not in time.
        """
        import tempfile

        with tempfile.TemporaryDirectory(prefix="tiphys-") as scratch:
            path = os.path.join(scratch, "main.log")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            job = Job(
                action="save",
                root=scratch,
                logs=(ContainerLog("main", path, cri=False),),
                log_artifact=request.log_artifact,
                options=self._options,
                secrets=request.sources.secrets,
                config_maps=request.sources.config_maps,
            )
            result = _carried_out(job, scratch, "the log could not be archived")
        if result.error is not None:
            raise ArtifactError(result.error)
        return result.artifacts


def _carried_out(job: Job, scratch: str, failure: str) -> Result:
    """What a process of its own makes of a job; ``failure`` begins the text when it makes nothing of it."""
    import subprocess

    answer = os.path.join(scratch, "result")
    try:
        done = subprocess.run(
            command("-", answer),
            input=encode_job(job),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
        )
        return read_result(answer, done.returncode, done.stderr)
    except subprocess.TimeoutExpired:
        raise ArtifactError(f"{failure} within {_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise ArtifactError(f"{failure}: {error.strerror}") from None


def _text(path: str, name: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ArtifactError(f"artifact {name} is larger than {_LARGEST >> 20} MiB")
        return data.decode()
    except OSError as error:
        raise ArtifactError(f"artifact {name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ArtifactError(f"artifact {name} is no UTF-8 text") from None
