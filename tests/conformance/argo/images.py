"""What stands in for the images of Argo's examples in a container engine: one Debian with the programs they call."""

from __future__ import annotations

from tests.engine.images import debian_image
from tests.engine.podman import Podman
from tiphys.adapters.runtimes.process.images import ARGOSAY, COWSAY

_PACKAGES = ("python3", "curl", "git", "jq", "procps", "wget", "gawk", "nodejs")
#: Images of bare systems: what stands in ``args`` is the command.
_BARE = (
    "alpine",
    "alpine:3.23",
    "alpine:3.6",
    "bash",
    "debian",
    "debian:8.9",
    "debian:9.1",
    "ubuntu",
    "ubuntu:17.10",
    "python:alpine3.23",
    "curlimages/curl:latest",
    "stedolan/jq:latest",
    "node:9.1-alpine",
    "docker/whalesay",
)
_ARGOSAY = ("argoproj/argosay:v2", "argoproj/argosay:v1")
_PYTHON = '#!/bin/sh\nexec python3 "$@"\n'


def add_images(podman: Podman) -> None:
    """Make them all: minutes of work."""
    archive = podman.folder / "debian.tar"
    programs = {"/argosay": ARGOSAY, "/usr/bin/argosay": ARGOSAY, "/usr/bin/cowsay": COWSAY, "/usr/bin/python": _PYTHON}
    debian_image(archive, _PACKAGES, programs)
    podman.add(archive, *_BARE)
    podman.add(archive, *_ARGOSAY, entrypoint='["/argosay"]')
    archive.unlink()
