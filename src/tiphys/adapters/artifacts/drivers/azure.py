"""Artifacts in Azure Blob Storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.objectstore import ObjectStoreDriver, client_config, retry_config
from tiphys.adapters.artifacts.silence import longest_silence
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ObjectStore

_NO_KEY = "accountKey secret is required for Azure Blob Storage if useSDKCreds is false"


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> ObjectStoreDriver:
    """The driver of a container.

    The secret is a key of the account or a shared access signature; with ``useSDKCreds`` none is needed.

    Raises:
        ArtifactError: the location is incomplete, or a secret does not exist.
    """
    import obstore  # noqa: F401 - a missing library is found here, before anything is done

    access = Access(secrets)
    endpoint, container = str(fields.get("endpoint") or "").rstrip("/"), str(fields.get("container") or "")
    if not endpoint or not container:
        raise ArtifactError("failed to create new Azure client: endpoint and container are needed")
    config: AzureConfig = {"endpoint": endpoint, "account_name": _account(endpoint)}
    if not fields.get("useSDKCreds"):
        key = access.text(fields.get("accountKeySecret"))
        if key is None:
            raise ArtifactError(_NO_KEY)
        _authorize(config, key, access)

    def make() -> ObjectStore:
        from obstore.store import AzureStore

        client = client_config(options, insecure=endpoint.startswith("http://"))
        return AzureStore(container, config=config, client_options=client, retry_config=retry_config(options))

    return ObjectStoreDriver(make, access, silence=longest_silence(options))


def _account(endpoint: str) -> str:
    """The account of an endpoint: the first part of its host, or of its path where the host is an address."""
    parts = urlsplit(endpoint)
    path = parts.path.strip("/").partition("/")[0]
    return path or (parts.hostname or "").partition(".")[0]


def _authorize(config: AzureConfig, key: str, access: Access) -> None:
    if "sig" in parse_qs(key.removeprefix("?")):
        access.keep(Secret(parse_qs(key.removeprefix("?"))["sig"][0].encode()))
        config["sas_key"] = key.removeprefix("?")
    else:
        config["account_key"] = key
