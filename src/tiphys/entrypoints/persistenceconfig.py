"""``persistence`` of the configuration: the archive, and the database that holds everything.

The Secrets that ``persistence.postgresql`` names stand in the same file, as further YAML documents: they cannot lie in
the database that they open.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from tiphys.errors import UsageError
from tiphys.secret import Secret

#: Argo's keys → the parameters of libpq; of the others Tiphys has no use.
_FILES = {"sslRootCert": "sslrootcert", "sslCert": "sslcert", "sslKey": "sslkey"}
_UNUSED = frozenset(
    {"connectionPool", "nodeStatusOffLoad", "clusterName", "skipMigration", "mysql", "reconnectionConfig"}
)
_POSTGRES_UNUSED = frozenset({"tableName", "azureToken", "awsRDSToken"})
_DEFAULT_PORT = 5432
_SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


def archive_of(persistence: Mapping[str, object], file: str) -> tuple[bool, float]:
    """Whether there is an archive, and for how many seconds it keeps a workflow."""
    keep = persistence.get("archiveTTL")
    if keep is None:
        return persistence.get("archive") is True, 0
    match = re.fullmatch(r"(\d+)(d|h|m|s)", str(keep))
    if match is None:
        raise UsageError(f"persistence.archiveTTL must be a duration such as 30d or 12h, not {keep!r}", None, file)
    seconds = int(match[1]) * {"d": 86_400, "h": 3600, "m": 60, "s": 1}[match[2]]
    return persistence.get("archive") is True, seconds


def unused(persistence: Mapping[str, object]) -> Iterable[str]:
    """The keys that mean nothing here."""
    yield from (f"persistence.{key}" for key in sorted(persistence.keys() & _UNUSED))
    postgres = persistence.get("postgresql")
    if isinstance(postgres, dict):
        yield from (f"persistence.postgresql.{key}" for key in sorted(postgres.keys() & _POSTGRES_UNUSED))


def database_of(persistence: Mapping[str, object], documents: Iterable[object], file: str) -> Secret | None:
    """The URL of ``persistence.postgresql``, None where there is none.

    Raises:
        UsageError: it lacks a host or a database, or a Secret that it names is not in the file.
    """
    given = persistence.get("postgresql")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise UsageError("persistence.postgresql must be a mapping", None, file)
    host, name = (str(given.get(key) or "") for key in ("host", "database"))
    if not host or not name:
        raise UsageError("persistence.postgresql needs a host and a database", None, file)
    secrets = [found for found in documents if isinstance(found, dict) and found.get("kind") == "Secret"]
    user, password = (_secret(given.get(key), key, secrets, file) for key in ("userNameSecret", "passwordSecret"))
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    port = given.get("port") or _DEFAULT_PORT
    parameters = {"sslmode": _ssl_mode(given, file)}
    parameters |= {word: str(given[key]) for key, word in _FILES.items() if given.get(key)}
    query = "&".join(f"{word}={quote(text, safe='')}" for word, text in parameters.items() if text)
    place = f"{login}@{host}:{port}" if login else f"{host}:{port}"
    return Secret(f"postgresql://{place}/{quote(name, safe='')}{f'?{query}' if query else ''}".encode())


def _ssl_mode(given: Mapping[str, object], file: str) -> str:
    """Libpq's word; without ``ssl`` the connection is not encrypted, as in Argo."""
    mode = str(given.get("sslMode") or "")
    if mode and mode not in _SSL_MODES:
        raise UsageError(f"persistence.postgresql.sslMode must be one of {', '.join(sorted(_SSL_MODES))}", None, file)
    if given.get("ssl") is not True:
        return "disable"
    return mode or "require"


def _secret(reference: object, key: str, secrets: Iterable[Mapping[str, object]], file: str) -> str:
    """The text that a reference names; empty where there is none."""
    if reference is None:
        return ""
    if not isinstance(reference, dict) or not reference.get("name") or not reference.get("key"):
        raise UsageError(f"persistence.postgresql.{key} needs name and key", None, file)
    name, entry = str(reference["name"]), str(reference["key"])
    for secret in secrets:
        metadata = secret.get("metadata")
        if not isinstance(metadata, dict) or metadata.get("name") != name:
            continue
        plain, coded = secret.get("stringData"), secret.get("data")
        if isinstance(plain, dict) and entry in plain:
            return str(plain[entry])
        if isinstance(coded, dict) and entry in coded:
            try:
                return base64.b64decode(str(coded[entry]), validate=True).decode().strip()
            except (binascii.Error, UnicodeDecodeError):
                raise UsageError(f"the Secret {name} does not hold {entry!r} in base64", None, file) from None
        raise UsageError(f"the Secret {name} has no key {entry!r}", None, file)
    hint = "put it into the file as a further document, or set TIPHYS_DATABASE_URL"
    raise UsageError(f"persistence.postgresql.{key} names the Secret {name}, which is not in the file", hint, file)
