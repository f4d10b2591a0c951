"""A ``tiphys server`` in a process of its own, for one end-to-end case."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.conformance.argo.surroundings import installed
from tests.waiting import PATIENCE

_ROOT = Path(__file__).parents[3]


#: The bucket of Argo's quick start, and the Secret with both keys of its account.
BUCKET, ACCESS_KEY = "my-bucket", "admin"
USER = "argo-server"
_SECRET = "my-minio-cred"
_CONFIG = """
workflowDefaults: {{metadata: {{labels: {{default-label: thisLabelIsFromWorkflowDefaults}}}}}}
artifactRepository:
  archiveLogs: true
  s3:
    bucket: {bucket}
    endpoint: {storage}
    region: us-east-1
    insecure: true
    accessKeySecret: {{name: {secret}, key: accesskey}}
    secretKeySecret: {{name: {secret}, key: secretkey}}
"""


def _user(namespace: str) -> list[dict[str, Any]]:
    """The accounts of Argo's server and of its tests' steps, which may do everything."""
    group = "rbac.authorization.k8s.io"
    version = f"{group}/v1"
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": namespace} for name in (USER, "argo")]
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    return [
        *({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": each["name"]}} for each in subjects),
        {"apiVersion": version, "kind": "ClusterRole", "metadata": {"name": USER}, "rules": rules},
        {
            "apiVersion": version,
            "kind": "ClusterRoleBinding",
            "metadata": {"name": USER},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": USER},
            "subjects": subjects,
        },
    ]


class Server:
    """A server on loopback with a data directory of its own, and what Argo's quick start installs.  Close it.

    ``storage`` is the host and port of an S3 server with the bucket.
    """

    def __init__(self, home: Path, namespace: str, storage: str) -> None:
        home.mkdir()
        (home / "config.yaml").write_text(_CONFIG.format(bucket=BUCKET, storage=storage, secret=_SECRET))
        self.environment = {
            **os.environ,
            "TIPHYS_HOME": str(home),
            "TIPHYS_NAMESPACE": namespace,
            "TIPHYS_RUNTIME": "process",
            "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        }
        command = [sys.executable, "-m", "tiphys", "server", "--port", "0", "--api-rate-limit", "0"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment
        )
        assert self._process.stdout is not None
        url = self._process.stdout.readline().split()[-1]
        self.token = self._process.stdout.readline().split()[-1]
        self.client = httpx.Client(base_url=url, headers={"authorization": f"Bearer {self.token}"}, timeout=PATIENCE)
        keys = {"accesskey": ACCESS_KEY, "secretkey": ACCESS_KEY}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": _SECRET}, "stringData": keys}
        for manifest in (secret, *_user(namespace), *installed(namespace)):
            self._install(manifest, namespace)
        # Who runs Argo's tests is the account of its server.
        asked = self.client.post(f"/api/v1/namespaces/{namespace}/serviceaccounts/{USER}/token", json={})
        self.token = str(asked.raise_for_status().json()["status"]["token"])
        self.client.headers["authorization"] = f"Bearer {self.token}"
        self.environment |= {
            "ARGO_SERVER": url.partition("//")[2].strip("/"),
            "ARGO_SECURE": "false",
            "ARGO_NAMESPACE": namespace,
            "ARGO_TOKEN": f"Bearer {self.token}",
        }

    def _install(self, manifest: Mapping[str, Any], namespace: str) -> None:
        version, kind = str(manifest["apiVersion"]), str(manifest["kind"])
        root = "/api/v1" if version == "v1" else f"/apis/{version}"
        place = root if kind.startswith("Cluster") else f"{root}/namespaces/{namespace}"
        self.client.post(f"{place}/{kind.lower()}s", json=manifest).raise_for_status()

    def series(self) -> dict[str, float]:
        """Every series of the metrics, by its name with its labels."""
        lines = self.client.get("/metrics").text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name.removeprefix("argo_workflows_"): float(value) for name, _, value in pairs}

    def close(self) -> None:
        """End the server."""
        self.client.close()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
