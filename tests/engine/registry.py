"""A registry of images on loopback that lets nobody in without a password: Debian's ``docker-registry``."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.needs import needs
from tests.serving import free_port
from tests.waiting import PATIENCE, until

USER, PASSWORD = "puller", "right-word"
#: What ``htpasswd -B`` makes of the two.
_HTPASSWD = "puller:$2y$05$QMHbsegy1K0JzSvQKrjmbOI.JUO.dSCAlJwktEmBs6C9iJzGnNnLW"
_CONFIGURATION = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/images}}}}
http: {{addr: "127.0.0.1:{port}"}}
auth: {{htpasswd: {{realm: tests, path: {folder}/htpasswd}}}}
"""
needs_registry = needs(shutil.which("docker-registry") is not None, "docker-registry")


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """A registry that keeps its images below ``folder``; gives host and port."""
    port = free_port()
    (folder / "htpasswd").write_text(f"{_HTPASSWD}\n")
    (folder / "registry.yml").write_text(_CONFIGURATION.format(folder=folder, port=port))
    server = subprocess.Popen(["docker-registry", "serve", str(folder / "registry.yml")], stderr=subprocess.DEVNULL)
    try:
        _await(server, port)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def docker_config(host: str, user: str, password: str) -> bytes:
    """The content of a Secret of type ``kubernetes.io/dockerconfigjson``."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return json.dumps({"auths": {host: {"auth": pair}}}).encode()


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait until it answers, if only that one has to sign in."""

    def answers() -> bool:
        assert server.poll() is None, "the registry does not serve"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return False
        return True

    until(answers)
