"""Artifacts in Google Cloud Storage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.objectstore import ObjectStoreDriver, client_config, retry_config
from tiphys.adapters.artifacts.silence import longest_silence
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

if TYPE_CHECKING:
    from obstore.store import GCSConfig, ObjectStore

_ANONYMOUS = "disable_oauth"
_BASE_URL = "gcs_base_url"


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> ObjectStoreDriver:
    """The driver of a bucket; without a key of a service account with what this machine has.

    Raises:
        ArtifactError: the location names no bucket, or a secret does not exist.
    """
    import obstore  # noqa: F401 - a missing library is found here, before anything is done

    access = Access(secrets)
    name = str(fields.get("bucket") or "")
    if not name:
        raise ArtifactError("failed to create new GCS client: a bucket is needed")
    key = access.text(fields.get("serviceAccountKeySecret"))
    config: GCSConfig = {} if key is None else _config(key, access)
    insecure = str(config.get("base_url") or "").startswith("http://")

    def make() -> ObjectStore:
        from obstore.store import GCSStore

        return GCSStore(
            name, config=config, client_options=client_config(options, insecure=insecure),
            retry_config=retry_config(options),
        )  # fmt: skip

    return ObjectStoreDriver(make, access, silence=longest_silence(options))


def _config(key: str, access: Access) -> GCSConfig:
    """The library's configuration of a service account; emulators name their address and that nobody signs in."""
    try:
        account = json.loads(key)
    except ValueError:
        account = None
    if not isinstance(account, dict):
        raise ArtifactError("failed to create new GCS client: the secret is no key of a service account")
    for value in account.values():
        if isinstance(value, str) and "PRIVATE KEY" in value:
            access.keep(Secret(value.encode()))
    config: GCSConfig = {}
    if account.get(_BASE_URL):
        config["base_url"] = str(account[_BASE_URL])
    if account.get(_ANONYMOUS):
        key = json.dumps({"private_key": "", "private_key_id": "", "client_email": "", **account})
    config["service_account_key"] = key
    return config
