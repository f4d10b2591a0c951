"""Artifact drivers of clouds against real servers on loopback."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import urllib.request
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.contract.storages import AZURITE, AZURITE_KEY, account, azurite, moto, secrets, unsigned_moto
from tests.needs import skip_without

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.drivers import azure, gcs, oss, s3
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import DriverFactory, Location
from tiphys.testing.contracts.artifacts import CANARY, SecretContract, Storage, StorageContract, fields_at, tree

NUMBERS = itertools.count()
KEYS = {"access": "AKIDTEST", "secret": "s3cr3t-of-test"}


def selector(key: str) -> JsonObject:
    return {"name": "creds", "key": key}


def s3_fields(endpoint: str, bucket: str, **more: JsonValue) -> JsonObject:
    return {
        "endpoint": endpoint, "bucket": bucket, "insecure": True, "accessKeySecret": selector("access"),
        "secretKeySecret": selector("secret"), **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    with moto() as endpoint:
        yield endpoint


@pytest.fixture
def bucket() -> str:
    return f"bucket{next(NUMBERS)}"


def client_of(endpoint: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=f"http://{endpoint}", region_name="us-east-1",
        aws_access_key_id=KEYS["access"], aws_secret_access_key=KEYS["secret"],
    )  # fmt: skip


def make_bucket(endpoint: str, bucket: str) -> None:
    client_of(endpoint).create_bucket(Bucket=bucket)


class TestS3(StorageContract):
    @pytest.fixture
    def storage(self, s3_server: str, bucket: str) -> Storage:
        fields = s3_fields(s3_server, bucket, createBucketIfNotPresent={})
        make_bucket(s3_server, bucket)
        return Storage(lambda: s3.make_driver(fields, secrets(KEYS), {}), fields_at("s3", fields))


@pytest.fixture(scope="module")
def gcs_server() -> Iterator[str]:
    with unsigned_moto() as address:
        yield address


class TestGcs(StorageContract):
    """Google's XML interface, which the driver speaks, is that of S3 but for who signs in: no emulator has it."""

    @pytest.fixture
    def storage(self, gcs_server: str, bucket: str) -> Storage:
        make_bucket(gcs_server.removeprefix("http://"), bucket)
        fields: JsonObject = {"bucket": bucket, "serviceAccountKeySecret": selector("account")}
        lookup = secrets({"account": account(gcs_server)})
        return Storage(lambda: gcs.make_driver(fields, lookup, {}), fields_at("gcs", fields))


class TestOss(StorageContract):
    """Alibaba's S3-compatible interface."""

    @pytest.fixture
    def storage(self, s3_server: str, bucket: str) -> Storage:
        fields: JsonObject = {
            **s3_fields(f"http://{s3_server}", bucket), "createBucketIfNotPresent": True, "securityToken": "t",
        }  # fmt: skip
        make_bucket(s3_server, bucket)
        return Storage(lambda: oss.make_driver(fields, secrets(KEYS), {}), fields_at("oss", fields))


@pytest.fixture(scope="module")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    skip_without((AZURITE / "node_modules").is_dir(), "azurite")
    with azurite(tmp_path_factory.mktemp("azure")) as address:
        yield address


class TestAzure(StorageContract):
    @pytest.fixture
    def storage(self, azure_server: str, bucket: str) -> Storage:
        make_container(azure_server, bucket)
        fields: JsonObject = {"endpoint": azure_server, "container": bucket, "accountKeySecret": selector("key")}
        lookup = secrets({"key": AZURITE_KEY})
        return Storage(lambda: azure.make_driver(fields, lookup, {}), fields_at("azure", fields, "blob"))


def make_container(endpoint: str, name: str) -> None:
    """Make a container: the storage has no library here that could, so the request is signed by hand."""
    account_name = endpoint.rpartition("/")[2]
    date = formatdate(usegmt=True)
    resource = f"/{account_name}/{account_name}/{name}\nrestype:container"
    text = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:2023-11-03\n{resource}"
    signature = base64.b64encode(hmac.digest(base64.b64decode(AZURITE_KEY), text.encode(), "sha256")).decode()
    headers = {
        "x-ms-date": date, "x-ms-version": "2023-11-03", "Content-Length": "0",
        "Authorization": f"SharedKey {account_name}:{signature}",
    }  # fmt: skip
    request = urllib.request.Request(f"{endpoint}/{name}?restype=container", headers=headers, method="PUT")
    urllib.request.urlopen(request).close()


class TestS3Secrets(SecretContract):
    @pytest.fixture(params=["insecure", "tls", "customer key"])
    def guarded(self, request: pytest.FixtureRequest) -> tuple[DriverFactory, Location]:
        fields = s3_fields("127.0.0.1:1", "bucket", sessionTokenSecret=selector("token"))
        if request.param == "customer key":
            fields["encryptionOptions"] = {"serverSideCustomerKeySecret": selector("customer")}
        if request.param == "tls":
            fields["insecure"] = False
        return s3.make_driver, Location(driver="s3", key="key", fields=fields)


class TestOssSecrets(SecretContract):
    @pytest.fixture
    def guarded(self) -> tuple[DriverFactory, Location]:
        return oss.make_driver, Location(driver="oss", key="key", fields=s3_fields("http://127.0.0.1:1", "bucket"))


class TestAzureSecrets(SecretContract):
    @pytest.fixture
    def guarded(self) -> tuple[DriverFactory, Location]:
        fields: JsonObject = {
            "endpoint": "http://127.0.0.1:1/acc", "container": "c", "accountKeySecret": selector("key"), "blob": "b",
        }  # fmt: skip
        return azure.make_driver, Location(driver="azure", key="b", fields=fields)


class TestAzureSignatureSecrets(TestAzureSecrets):
    def credential(self, name: str, key: str) -> bytes:
        return b"?sv=2023-11-03&sp=rwdl&sig=" + CANARY


class TestGcsSecrets(SecretContract):
    @pytest.fixture
    def guarded(self) -> tuple[DriverFactory, Location]:
        fields: JsonObject = {"bucket": "b", "serviceAccountKeySecret": selector("account"), "key": "k"}
        return gcs.make_driver, Location(driver="gcs", key="k", fields=fields)

    def credential(self, name: str, key: str) -> bytes:
        pem = f"-----BEGIN PRIVATE KEY-----\n{CANARY.decode()}\n-----END PRIVATE KEY-----\n"
        return json.dumps({"client_email": "a@b", "private_key_id": "1", "private_key": pem}).encode()


def put(fields: JsonObject, path: Path, key: str = "k", values: dict[str, str | bytes] | None = None) -> None:
    location = Location(driver="s3", key=key, fields=fields)
    s3.make_driver(fields, secrets(values or {**KEYS}), {}).save(str(path), location)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (tmp_path / "sample").write_text("sample")
    return tmp_path / "sample"


class TestS3Fields:
    def test_a_bucket_is_made_if_it_is_wanted(self, s3_server: str, bucket: str, sample: Path) -> None:
        for _ in range(2):
            put(s3_fields(s3_server, bucket, createBucketIfNotPresent={"objectLocking": True}), sample)
        lock = client_of(s3_server).get_object_lock_configuration(Bucket=bucket)
        assert lock["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"

    def test_a_missing_bucket_is_an_error(self, s3_server: str, bucket: str, sample: Path) -> None:
        with pytest.raises(ArtifactError, match="failed to put file: the bucket does not exist"):
            put(s3_fields(s3_server, bucket), sample)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"enableEncryption": True}, {"ServerSideEncryption": "AES256"}),
            ({"enableEncryption": True, "kmsKeyId": "k1"}, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k1"}),
            (
                {"enableEncryption": True, "kmsKeyId": "k1", "kmsEncryptionContext": '{"a": "b"}'},
                {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k1"},
            ),
        ],
    )
    def test_objects_are_encrypted(
        self, s3_server: str, bucket: str, sample: Path, options: JsonObject, expected: dict[str, str]
    ) -> None:
        make_bucket(s3_server, bucket)
        put(s3_fields(s3_server, bucket, encryptionOptions=options), sample)
        head = client_of(s3_server).head_object(Bucket=bucket, Key="k")
        assert {name: head.get(name) for name in expected} == expected

    def test_a_key_of_the_customer_is_used(self, s3_server: str, bucket: str, sample: Path, tmp_path: Path) -> None:
        make_bucket(s3_server, bucket)
        fields = s3_fields(s3_server, bucket, encryptionOptions={"serverSideCustomerKeySecret": selector("customer")})
        values: dict[str, str | bytes] = {**KEYS, "customer": bytes(range(32))}
        put(fields, sample, values=values)
        location = Location(driver="s3", key="k", fields=fields)
        s3.make_driver(fields, secrets(values), {}).load(location, str(tmp_path / "out"))
        assert (tmp_path / "out").read_text() == "sample"

    def test_a_role_is_assumed(self, s3_server: str, bucket: str, sample: Path) -> None:
        make_bucket(s3_server, bucket)
        put(s3_fields(s3_server, bucket, roleARN="arn:aws:iam::123456789012:role/artifacts"), sample)
        assert client_of(s3_server).get_object(Bucket=bucket, Key="k")["Body"].read() == b"sample"

    def test_objects_of_other_clients_are_read(self, s3_server: str, bucket: str, tmp_path: Path) -> None:
        make_bucket(s3_server, bucket)
        for key in ("d/", "d/a", "d/b/", "d/b/c"):
            client_of(s3_server).put_object(Bucket=bucket, Key=key, Body=key.encode() if key[-1] != "/" else b"")
        fields = s3_fields(s3_server, bucket)
        s3.make_driver(fields, secrets(KEYS), {}).load(fields_at("s3", fields)("d"), str(tmp_path / "out"))
        assert tree(tmp_path / "out") == {"a": b"d/a", "b/c": b"d/b/c"}

    @pytest.mark.parametrize("key", ["d/../../evil", "d/a/../../../evil"])
    def test_objects_whose_names_climb_out_are_refused(
        self, s3_server: str, bucket: str, tmp_path: Path, key: str
    ) -> None:
        make_bucket(s3_server, bucket)
        client_of(s3_server).put_object(Bucket=bucket, Key=key, Body=b"evil")
        fields = s3_fields(s3_server, bucket)
        with pytest.raises(ArtifactError, match="illegal file path"):
            s3.make_driver(fields, secrets(KEYS), {}).load(fields_at("s3", fields)("d"), str(tmp_path / "x" / "out"))
        assert not list(tmp_path.rglob("evil"))

    def test_a_dead_storage_is_worth_another_try(self, sample: Path) -> None:
        with pytest.raises(ArtifactError, match="failed to put file") as caught:
            put(s3_fields("127.0.0.1:1", "bucket"), sample)
        assert caught.value.transient

    @pytest.mark.parametrize(
        ("fields", "virtual"),
        [
            ({"endpoint": "s3.amazonaws.com"}, True),
            ({"endpoint": "s3.eu-west-1.amazonaws.com"}, True),
            ({"endpoint": "minio:9000"}, False),
            ({"endpoint": "minio:9000", "addressingStyle": "virtual-hosted"}, True),
            ({"endpoint": "s3.amazonaws.com", "addressingStyle": "path"}, False),
        ],
    )
    def test_buckets_are_hosts_where_they_are(self, fields: JsonObject, virtual: bool) -> None:
        bucket = s3._bucket({"bucket": "b", **fields}, Access(lambda name, key: None), {})
        style = s3._style(fields, bucket)
        assert style["virtual_hosted_style_request"] is virtual
        assert str(style["endpoint"]).startswith("https://b.") is virtual


class TestOssFields:
    def test_a_life_cycle_is_set(self, s3_server: str, bucket: str, sample: Path) -> None:
        rule: JsonObject = {"markInfrequentAccessAfterDays": 30, "markDeletionAfterDays": 60}
        fields = {
            **s3_fields(f"http://{s3_server}", bucket), "createBucketIfNotPresent": True, "lifecycleRule": rule,
        }  # fmt: skip
        oss.make_driver(fields, secrets(KEYS), {}).save(str(sample), fields_at("oss", fields)("k"))
        found = client_of(s3_server).get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]
        assert (found["Expiration"]["Days"], found["Transitions"][0]["Days"]) == (60, 30)

    def test_a_life_cycle_must_make_sense(self) -> None:
        rule: JsonObject = {"markInfrequentAccessAfterDays": 61, "markDeletionAfterDays": 60}
        with pytest.raises(ArtifactError, match="markInfrequentAccessAfterDays cannot be large than"):
            oss.make_driver({**s3_fields("http://h", "b"), "lifecycleRule": rule}, secrets(KEYS), {})


class TestAzureFields:
    def test_a_key_is_needed_unless_the_machine_has_credentials(self) -> None:
        fields: JsonObject = {"endpoint": "https://acc.blob.core.windows.net", "container": "c", "blob": "b"}
        with pytest.raises(ArtifactError, match="accountKey secret is required for Azure Blob Storage if useSDKCreds"):
            azure.make_driver(fields, secrets({}), {})
        azure.make_driver({**fields, "useSDKCreds": True}, secrets({}), {})
