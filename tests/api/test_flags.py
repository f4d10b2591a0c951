"""A server that takes its configuration and its certificate from its own objects."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import running
from tests.waiting import PATIENCE, until
from tiphys.entrypoints.tls import own
from tiphys.testing.clock import VirtualClock

CONFIG = {"links": '[{name: A, scope: workflow, url: "https://x/"}]', "navColor": "red"}


def test_objects_of_the_server_configure_it(tmp_path: Path) -> None:
    made = own(tmp_path, "127.0.0.1", VirtualClock(datetime.now(UTC)))
    pair = {"tls.crt": made.certificate.read_text(), "tls.key": made.key.read_text()}
    objects = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine"}, "data": CONFIG},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pair"}, "stringData": pair},
    ]
    home, file = tmp_path / "home", tmp_path / "objects.yaml"
    file.write_text("\n---\n".join(map(json.dumps, objects)))
    command = [sys.executable, "-m", "tiphys", "apply", "-f", str(file), "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    options = ["--configmap", "mine", "--tls-certificate-secret-name", "pair", "--event-async-dispatch"]
    environment = {"ARGO_X_FRAME_OPTIONS": "SAMEORIGIN", "ARGO_ARTIFACT_SERVER": "false", "TLS_MIN_VERSION": "772"}
    environment |= {"FEEDBACK_MODAL": "false"}
    with running(home, *options, environment=environment) as server:
        trust = ssl.create_default_context(cafile=str(made.certificate))
        headers = {"authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=server.url, headers=headers, verify=trust, timeout=PATIENCE) as client:
            assert client.get("/artifacts/default/a/b/c").status_code == 501
            page, info = client.get("/"), client.get("/api/v1/info").json()
            assert client.post("/api/v1/events/default/x", json={}).json() == {}
        assert (info["navColor"], info["links"][0]["url"]) == ("red", "https://x/")
        assert info["modals"] == {"firstTimeUser": True, "newVersion": True}
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert page.headers["x-frame-options"] == "SAMEORIGIN"
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            httpx.Client(base_url=server.url, verify=trust, timeout=PATIENCE) as old,
            pytest.raises(httpx.ConnectError),
        ):
            old.get("/healthz")


def test_variables_of_the_server_that_are_no_flags(tmp_path: Path) -> None:
    environment = {
        "ARGO_ARTIFACT_CONTENT_SECURITY_POLICY": "default-src 'none'", "ARGO_ARTIFACT_X_FRAME_OPTIONS": "DENY",
        "DISABLE_VALUE_LIST_RETRIEVAL_KEY_PATTERN": "^team$", "FIRST_TIME_USER_MODAL": "false",
        "NEW_VERSION_MODAL": "false",
    }  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.yaml").write_text("persistence: {archive: true}")
    template = {
        "name": "main", "container": {"image": "busybox", "command": ["sh", "-c", "echo x > /tmp/x"]},
        "outputs": {"artifacts": [{"name": "x", "path": "/tmp/x", "archive": {"none": {}}}]},
    }  # fmt: skip
    metadata = {"name": "varied", "labels": {"team": "red", "squad": "blue"}}
    workflow = {"metadata": metadata, "spec": {"entrypoint": "main", "templates": [template]}}
    with running(home, environment=environment) as server, server.client() as client:
        assert client.post("/api/v1/workflows/default", json={"workflow": workflow}).status_code == 200
        server.finished("varied")
        sent = client.get("/artifacts/default/varied/varied/x")
        assert (sent.text, sent.headers["x-frame-options"]) == ("x\n", "DENY")
        assert sent.headers["content-security-policy"] == "default-src 'none'"
        listed = until(partial(_values, client, "squad"), bool)
        assert (listed, _values(client, "team")) == (["blue"], [])
        assert client.get("/api/v1/info").json()["modals"] == {"feedback": True}


def _values(client: httpx.Client, label: str) -> list[str]:
    """What the archive has for a label."""
    path = "/api/v1/archived-workflows-label-values"
    answer = client.get(path, params={"listOptions.labelSelector": label})
    assert answer.status_code == 200, answer.text
    return list(answer.json().get("items") or [])
