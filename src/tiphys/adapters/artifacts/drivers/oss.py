"""Artifacts in Alibaba Cloud's object storage, through its S3-compatible interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from tiphys.adapters.artifacts import buckets
from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.objectstore import ObjectStoreDriver, client_config, retry_config
from tiphys.adapters.artifacts.silence import longest_silence
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config, S3Credential

_HOST = "oss-"
_DOMAIN = ".aliyuncs.com"


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> ObjectStoreDriver:
    """The driver of a bucket.

    Raises:
        ArtifactError: the location is incomplete, its life cycle makes no sense, or a secret does not exist.
    """
    import obstore  # noqa: F401 - a missing library is found here, before anything is done

    access = Access(secrets)
    bucket = _bucket(fields, access, options)
    days = _days(fields)
    scheme, _, host = bucket.endpoint.partition("://")
    endpoint = f"{scheme}://{bucket.name}.{host}" if bucket.virtual else bucket.endpoint
    config = {
        "endpoint": endpoint,
        "region": bucket.region,
        "virtual_hosted_style_request": bucket.virtual,
        "disable_bulk_delete": True,  # the library's request lacks a header that this storage insists on
    }
    provider = _provider(bucket)

    def make() -> ObjectStore:
        from obstore.store import S3Store

        return S3Store(
            bucket.name, config=cast("S3Config", config), retry_config=retry_config(options),
            client_options=client_config(options, insecure=scheme == "http"),
            credential_provider=provider,
        )  # fmt: skip

    def prepare() -> None:
        if fields.get("createBucketIfNotPresent"):
            buckets.create(bucket, access)
        if days is not None:
            buckets.expire(bucket, access, infrequent_after=days[0], delete_after=days[1])

    return ObjectStoreDriver(make, access, prepare, silence=longest_silence(options))


def _bucket(fields: JsonObject, access: Access, options: Mapping[str, str]) -> buckets.Bucket:
    endpoint, name = str(fields.get("endpoint") or ""), str(fields.get("bucket") or "")
    if not endpoint or not name:
        raise ArtifactError("failed to create new OSS client: endpoint and bucket are needed")
    if "://" not in endpoint:
        endpoint = f"https://{endpoint}"
    ambient = bool(fields.get("useSDKCreds"))
    token = str(fields.get("securityToken") or "")
    if token:
        access.keep(Secret(token.encode()))
    host = urlsplit(endpoint).hostname or ""
    return buckets.Bucket(
        name=name,
        endpoint=endpoint.rstrip("/"),
        region=host.removesuffix(_DOMAIN).removesuffix("-internal") if host.startswith(_HOST) else "us-east-1",
        access_key=None if ambient else access.secret(fields.get("accessKeySecret")),
        secret_key=None if ambient else access.secret(fields.get("secretKeySecret")),
        session_token=Secret(token.encode()) if token else None,
        virtual=host.endswith(_DOMAIN),
        timeout=longest_silence(options),
    )


def _days(fields: JsonObject) -> tuple[int, int] | None:
    """After how many days objects become rarely used, and are deleted."""
    rule = fields.get("lifecycleRule")
    if not isinstance(rule, dict):
        return None
    infrequent, deleted = (
        int(cast(int, rule.get(name) or 0)) for name in ("markInfrequentAccessAfterDays", "markDeletionAfterDays")
    )
    if infrequent > deleted > 0:
        raise ArtifactError("markInfrequentAccessAfterDays cannot be large than markDeletionAfterDays")
    return (infrequent, deleted) if infrequent or deleted else None


def _provider(bucket: buckets.Bucket) -> Callable[[], S3Credential] | None:
    if bucket.access_key is None or bucket.secret_key is None:
        return None
    forever: datetime | None = None
    found: S3Credential = {
        "access_key_id": bucket.access_key.reveal().decode().strip(),
        "secret_access_key": bucket.secret_key.reveal().decode().strip(),
        "expires_at": forever,
    }
    if bucket.session_token is not None:
        found["token"] = bucket.session_token.reveal().decode()
    return lambda: found
