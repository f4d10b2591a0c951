"""``persistence`` of the configuration: the archive, and the database with its Secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiphys.entrypoints import settings
from tiphys.errors import UsageError

WHOLE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: workflow-controller-configmap}
data:
  persistence: |
    archive: true
    archiveTTL: 2d
    nodeStatusOffLoad: true
    connectionPool: {maxIdleConns: 100}
    reconnectionConfig: {maxRetries: 5}
    postgresql:
      host: db.example
      port: 5433
      database: flows
      tableName: argo_workflows
      userNameSecret: {name: login, key: user}
      passwordSecret: {name: login, key: password}
      ssl: true
      sslMode: verify-full
      sslRootCert: /ca.pem
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {user: "me@here"}
data: {password: cEBzcy93b3Jk}
"""


def loaded(tmp_path: Path, text: str, **environment: str) -> settings.Settings:
    (tmp_path / "config.yaml").write_text(text)
    return settings.load(home=tmp_path, environment=environment)


def url(found: settings.Settings) -> str:
    assert found.database_url is not None
    return found.database_url.reveal().decode()


def test_a_configmap_of_argo_names_the_database(tmp_path: Path) -> None:
    found = loaded(tmp_path, WHOLE)
    login = "me%40here:p%40ss%2Fword"
    assert url(found) == f"postgresql://{login}@db.example:5433/flows?sslmode=verify-full&sslrootcert=%2Fca.pem"
    assert "word" not in repr(found)
    assert (found.controller.archive, found.controller.archive_seconds) == (True, 172_800)
    assert {
        f"persistence.{key}"
        for key in ("connectionPool", "nodeStatusOffLoad", "reconnectionConfig", "postgresql.tableName")
    } == set(found.controller.ignored)


def test_the_environment_names_another(tmp_path: Path) -> None:
    alone = WHOLE.partition("---")[0]
    assert url(loaded(tmp_path, alone, TIPHYS_DATABASE_URL="postgresql://x/y")) == "postgresql://x/y"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{host: db, database: d}", "postgresql://db:5432/d?sslmode=disable"),
        ("{host: db, database: d, ssl: true}", "postgresql://db:5432/d?sslmode=require"),
        ("{host: db, database: d, ssl: false, sslMode: verify-ca}", "postgresql://db:5432/d?sslmode=disable"),
    ],
)
def test_without_a_login(tmp_path: Path, given: str, expected: str) -> None:
    assert url(loaded(tmp_path, f"persistence: {{postgresql: {given}}}")) == expected


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("host: db.example", "host: ''", "needs a host and a database"),
        ("sslMode: verify-full", "sslMode: maybe", "sslMode must be one of allow, disable"),
        ("userNameSecret: {name: login, key: user}", "userNameSecret: {name: login}", "needs name and key"),
        ("key: user", "key: other", "the Secret login has no key 'other'"),
        ("metadata: {name: login}", "metadata: {name: another}", "names the Secret login, which is not in the file"),
        ("cEBzcy93b3Jk", "'%%%'", "does not hold 'password' in base64"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in WHOLE
    with pytest.raises(UsageError, match=message):
        loaded(tmp_path, WHOLE.replace(before, after))
