"""Artifacts in Amazon S3 and what speaks its protocol."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

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

_AMAZON = "s3.amazonaws.com"
#: Storages whose buckets are names of hosts unless the manifest says otherwise.
_VIRTUAL = (".amazonaws.com", ".amazonaws.com.cn", ".aliyuncs.com", "storage.googleapis.com")
_DEFAULT_REGION = "us-east-1"
_KEYS = ("accessKeySecret", "secretKeySecret")


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> ObjectStoreDriver:
    """The driver of a bucket.

    Raises:
        ArtifactError: the location is incomplete, or a secret does not exist.
    """
    import obstore  # noqa: F401 - a missing library is found here, before anything is done

    access = Access(secrets)
    bucket = _bucket(fields, access, options)
    encryption = _encryption(fields, access)
    config = {**_style(fields, bucket), **encryption}
    client = client_config(options, insecure=bool(fields.get("insecure")))
    authority = access.secret(fields.get("caSecret"))
    if authority is not None:
        client["root_certificate"] = authority.reveal()
    provider = _provider(fields, access, bucket)

    def make() -> ObjectStore:
        from obstore.store import S3Store

        return S3Store(
            bucket.name, config=cast("S3Config", config), client_options=client, retry_config=retry_config(options),
            credential_provider=provider,
        )  # fmt: skip

    create = fields.get("createBucketIfNotPresent")
    prepare = None
    if isinstance(create, dict):
        prepare = lambda: buckets.create(bucket, access, object_locking=bool(create.get("objectLocking")))  # noqa: E731
    context = _context(fields)
    if context:
        return _ContextDriver(make, access, prepare, bucket, encryption, context)
    return ObjectStoreDriver(make, access, prepare, silence=longest_silence(options), keys=_empty_keys(fields, bucket))


class _ContextDriver(ObjectStoreDriver):
    """Puts objects with an encryption context, which the library of all else does not know."""

    def __init__(
        self,
        make: Callable[[], ObjectStore],
        access: Access,
        prepare: Callable[[], None] | None,
        bucket: buckets.Bucket,
        encryption: Mapping[str, str],
        context: str,
    ) -> None:
        super().__init__(make, access, prepare, silence=bucket.timeout)
        self._bucket = bucket
        self._extra = {
            "ServerSideEncryption": encryption.get("server_side_encryption", "aws:kms"),
            "SSEKMSEncryptionContext": context,
        }
        if encryption.get("sse_kms_key_id"):
            self._extra["SSEKMSKeyId"] = encryption["sse_kms_key_id"]

    def _put(self, path: str, key: str) -> None:
        buckets.upload(self._bucket, self._access, path, key, self._extra)


def _bucket(fields: JsonObject, access: Access, options: Mapping[str, str]) -> buckets.Bucket:
    endpoint, name = str(fields.get("endpoint") or ""), str(fields.get("bucket") or "")
    if not endpoint or not name:
        raise ArtifactError("failed to create new S3 client: endpoint and bucket are needed")
    scheme = "http" if fields.get("insecure") else "https"
    ambient = bool(fields.get("useSDKCreds"))
    key = None if ambient else access.secret(fields.get(_KEYS[0]))
    secret = None if ambient else access.secret(fields.get(_KEYS[1]))
    if (key is None) is not (secret is None):
        given, lacking = _KEYS if secret is None else reversed(_KEYS)
        raise ArtifactError(f"failed to create new S3 client: {given} is given and {lacking} is not")
    return buckets.Bucket(
        name=name,
        endpoint=f"{scheme}://{endpoint.removeprefix('https://').removeprefix('http://').rstrip('/')}",
        region=str(fields.get("region") or "") or _DEFAULT_REGION,
        access_key=key,
        secret_key=secret,
        session_token=access.secret(fields.get("sessionTokenSecret")) if key is not None else None,
        authority=access.secret(fields.get("caSecret")),
        virtual=_is_virtual(fields, endpoint),
        timeout=longest_silence(options),
    )


def _empty_keys(fields: JsonObject, bucket: buckets.Bucket) -> tuple[str, ...]:
    return () if bucket.access_key is not None or fields.get("useSDKCreds") else _KEYS


def _is_virtual(fields: JsonObject, endpoint: str) -> bool:
    style = str(fields.get("addressingStyle") or "")
    if style:
        return style == "virtual-hosted"
    host = endpoint.partition(":")[0]
    return host.endswith(_VIRTUAL) and "." not in str(fields.get("bucket") or "")


def _style(fields: JsonObject, bucket: buckets.Bucket) -> dict[str, object]:
    endpoint = bucket.endpoint
    if bucket.virtual:
        scheme, _, host = endpoint.partition("://")
        endpoint = f"{scheme}://{bucket.name}.{host}"
    return {"endpoint": endpoint, "region": bucket.region, "virtual_hosted_style_request": bucket.virtual}


def _encryption(fields: JsonObject, access: Access) -> dict[str, str]:
    """How the storage encrypts what is put there."""
    options = cast(JsonObject, fields.get("encryptionOptions") or {})
    customer = access.secret(options.get("serverSideCustomerKeySecret"))
    if customer is not None:
        encoded = base64.b64encode(customer.reveal()).decode()
        access.keep(Secret(encoded.encode()))
        return {"server_side_encryption": "sse-c", "sse_customer_key_base64": encoded}
    if options.get("kmsKeyId"):
        return {"server_side_encryption": "aws:kms", "sse_kms_key_id": str(options["kmsKeyId"])}
    if options.get("enableEncryption"):
        return {"server_side_encryption": "aws:kms" if options.get("kmsEncryptionContext") else "AES256"}
    return {}


def _context(fields: JsonObject) -> str:
    """The encryption context as the header wants it: JSON in base64."""
    options = cast(JsonObject, fields.get("encryptionOptions") or {})
    text = str(options.get("kmsEncryptionContext") or "")
    return base64.b64encode(text.encode()).decode() if text else ""


def _provider(fields: JsonObject, access: Access, bucket: buckets.Bucket) -> Callable[[], S3Credential] | None:
    """Where the library gets credentials from; None: from where this machine has them."""
    role = str(fields.get("roleARN") or "")
    if role:
        return lambda: _credential(*buckets.assume_role(bucket, access, role))
    if bucket.access_key is None or bucket.secret_key is None:
        return None
    key, secret, token = bucket.access_key, bucket.secret_key, bucket.session_token
    return lambda: _credential(key, secret, token, None)


def _credential(key: Secret, secret: Secret, token: Secret | None, until: datetime | None) -> S3Credential:
    def text(value: Secret) -> str:
        return value.reveal().decode().strip()

    found: S3Credential = {"access_key_id": text(key), "secret_access_key": text(secret), "expires_at": until}
    if token is not None:
        found["token"] = text(token)
    return found
