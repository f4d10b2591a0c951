"""Why a pod or one of its containers cannot be had, in Kubernetes' words."""

from __future__ import annotations

CONFIG_ERROR = "CreateContainerConfigError"


class PodError(Exception):
    """A pod that cannot run; the text goes to the pod's message."""


class ContainerError(Exception):
    """A container that cannot be created; it is shown as waiting for ``reason``."""

    def __init__(self, message: str, reason: str = CONFIG_ERROR) -> None:
        super().__init__(message)
        self.reason = reason
