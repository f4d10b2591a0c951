"""What goes beyond moving objects: making buckets, roles, rules.  Over ``boto3``, which is imported only then."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import silent
from tiphys.errors import ArtifactError
from tiphys.secret import Secret

_THERE = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
_PART = 8 << 20


class Bucket(Struct, frozen=True, kw_only=True):
    """A bucket and how to get at it; without keys with what this machine has.  ``endpoint`` has its scheme."""

    name: str
    endpoint: str
    region: str
    access_key: Secret | None = None
    secret_key: Secret | None = None
    session_token: Secret | None = None
    authority: Secret | None = None
    virtual: bool = False
    timeout: float


def create(bucket: Bucket, access: Access, *, object_locking: bool = False) -> None:
    """Make the bucket unless it is there.

    Raises:
        ArtifactError: it cannot be made.
    """
    arguments: dict[str, object] = {"Bucket": bucket.name}
    if object_locking:
        arguments["ObjectLockEnabledForBucket"] = True
    if bucket.region != "us-east-1":
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": bucket.region}
    try:
        _call(bucket, "s3", "create_bucket", arguments)
    except Exception as error:
        if _code(error) not in _THERE:
            raise _failed(error, bucket, access, f"failed to create bucket {bucket.name}") from None


def expire(bucket: Bucket, access: Access, *, infrequent_after: int, delete_after: int) -> None:
    """Let the storage move objects to a cheaper class and delete them after so many days; 0: never.

    Raises:
        ArtifactError: the rule cannot be set.
    """
    rule: dict[str, object] = {"ID": "tiphys", "Status": "Enabled", "Filter": {"Prefix": ""}}
    if infrequent_after:
        rule["Transitions"] = [{"Days": infrequent_after, "StorageClass": "STANDARD_IA"}]
    if delete_after:
        rule["Expiration"] = {"Days": delete_after}
    arguments: dict[str, object] = {"Bucket": bucket.name, "LifecycleConfiguration": {"Rules": [rule]}}
    try:
        _call(bucket, "s3", "put_bucket_lifecycle_configuration", arguments)
    except Exception as error:
        raise _failed(error, bucket, access, f"failed to set the lifecycle of bucket {bucket.name}") from None


def assume_role(bucket: Bucket, access: Access, role: str) -> tuple[Secret, Secret, Secret, datetime]:
    """Credentials of a role, and until when they are good.

    Raises:
        ArtifactError: the role cannot be assumed.
    """
    try:
        found = _call(bucket, "sts", "assume_role", {"RoleArn": role, "RoleSessionName": "tiphys"})["Credentials"]
    except Exception as error:
        raise _failed(error, bucket, access, f"failed to assume role {role}") from None
    secrets = [Secret(found[name].encode()) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    for secret in secrets:
        access.keep(secret)
    return secrets[0], secrets[1], secrets[2], found["Expiration"].astimezone(UTC)


def upload(bucket: Bucket, access: Access, path: str, key: str, extra: Mapping[str, str]) -> None:
    """Put a file with further arguments of S3.

    Raises:
        ArtifactError: it cannot be put.
    """
    from boto3.s3.transfer import TransferConfig

    config = TransferConfig(multipart_chunksize=_PART, max_concurrency=1, use_threads=False)
    try:
        with _client(bucket, "s3") as client:
            client.upload_file(path, bucket.name, key, ExtraArgs=dict(extra), Config=config)
    except Exception as error:
        raise _failed(error, bucket, access, "failed to put file") from None


@contextlib.contextmanager
def _client(bucket: Bucket, service: str) -> Iterator[Any]:
    import boto3
    from botocore.config import Config

    style = "virtual" if bucket.virtual else "path"
    config = Config(
        s3={"addressing_style": style},
        connect_timeout=min(15.0, bucket.timeout),
        read_timeout=bucket.timeout,
        retries={"total_max_attempts": 1},  # the executor tries again
    )
    endpoint = None if service == "sts" and ".amazonaws.com" in bucket.endpoint else bucket.endpoint
    with contextlib.ExitStack() as stack:
        verify: str | None = None
        if bucket.authority is not None:
            file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".pem"))
            file.write(bucket.authority.reveal())
            file.flush()
            verify = file.name
        client = boto3.client(
            service, region_name=bucket.region, endpoint_url=endpoint, config=config, verify=verify,
            aws_access_key_id=_text(bucket.access_key), aws_secret_access_key=_text(bucket.secret_key),
            aws_session_token=_text(bucket.session_token),
        )  # fmt: skip
        stack.callback(client.close)
        yield client


def _call(bucket: Bucket, service: str, method: str, arguments: Mapping[str, object]) -> dict[str, Any]:
    with _client(bucket, service) as client:
        answer: dict[str, Any] = getattr(client, method)(**arguments)
        return answer


def _text(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal().decode().strip()


def _code(error: Exception) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code")) if isinstance(response, dict) else ""


def _failed(error: Exception, bucket: Bucket, access: Access, what: str) -> ArtifactError:
    from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        return silent(what, bucket.timeout, bucket.endpoint)
    response = getattr(error, "response", None) or {}  # an error of a connection has one, which is None
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return ArtifactError(f"{what}: {access.clean(str(error))}", transient=status == 0 or status >= 500)
