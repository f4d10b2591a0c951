"""Artifacts, their locations and repositories."""

from __future__ import annotations

from msgspec import field

from tiphys.core.manifest.model.meta import Metadata
from tiphys.core.manifest.model.pod import ConfigMapKeySelector, SecretKeySelector
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Int32, Uint64


class ArchiveStrategy(Record, frozen=True, kw_only=True):
    """``ArchiveStrategy`` of the Argo API."""

    none: NoneStrategy | None = None
    tar: TarStrategy | None = None
    zip: ZipStrategy | None = None


class ArtGCStatus(Record, frozen=True, kw_only=True):
    """``ArtGCStatus`` of the Argo API."""

    not_specified: bool | None = None
    pods_recouped: dict[str, bool] | None = None
    strategies_processed: dict[str, bool] | None = None


class Artifact(Record, frozen=True, kw_only=True):
    """``Artifact`` of the Argo API."""

    archive: ArchiveStrategy | None = None
    archive_logs: bool | None = None
    artifact_gc: ArtifactGC | None = field(default=None, name="artifactGC")
    artifactory: ArtifactoryArtifact | None = None
    azure: AzureArtifact | None = None
    deleted: bool | None = None
    file: FileArtifact | None = None
    from_: str | None = None
    from_expression: str | None = None
    gcs: GCSArtifact | None = None
    git: GitArtifact | None = None
    global_name: str | None = None
    hdfs: HDFSArtifact | None = None
    http: HTTPArtifact | None = None
    mode: Int32 | None = None
    name: str = ""
    optional: bool | None = None
    oss: OSSArtifact | None = None
    path: str | None = None
    plugin: PluginArtifact | None = None
    raw: RawArtifact | None = None
    recurse_mode: bool | None = None
    s3: S3Artifact | None = None
    sub_path: str | None = None


class ArtifactGC(Record, frozen=True, kw_only=True):
    """``ArtifactGC`` of the Argo API."""

    pod_metadata: Metadata | None = None
    service_account_name: str | None = None
    strategy: str | None = None


class ArtifactLocation(Record, frozen=True, kw_only=True):
    """``ArtifactLocation`` of the Argo API."""

    archive_logs: bool | None = None
    artifactory: ArtifactoryArtifact | None = None
    azure: AzureArtifact | None = None
    file: FileArtifact | None = None
    gcs: GCSArtifact | None = None
    git: GitArtifact | None = None
    hdfs: HDFSArtifact | None = None
    http: HTTPArtifact | None = None
    oss: OSSArtifact | None = None
    plugin: PluginArtifact | None = None
    raw: RawArtifact | None = None
    s3: S3Artifact | None = None


class ArtifactPaths(Record, frozen=True, kw_only=True):
    """``ArtifactPaths`` of the Argo API."""

    archive: ArchiveStrategy | None = None
    archive_logs: bool | None = None
    artifact_gc: ArtifactGC | None = field(default=None, name="artifactGC")
    artifactory: ArtifactoryArtifact | None = None
    azure: AzureArtifact | None = None
    deleted: bool | None = None
    file: FileArtifact | None = None
    from_: str | None = None
    from_expression: str | None = None
    gcs: GCSArtifact | None = None
    git: GitArtifact | None = None
    global_name: str | None = None
    hdfs: HDFSArtifact | None = None
    http: HTTPArtifact | None = None
    mode: Int32 | None = None
    name: str = ""
    optional: bool | None = None
    oss: OSSArtifact | None = None
    path: str | None = None
    plugin: PluginArtifact | None = None
    raw: RawArtifact | None = None
    recurse_mode: bool | None = None
    s3: S3Artifact | None = None
    sub_path: str | None = None


class ArtifactRepository(Record, frozen=True, kw_only=True):
    """``ArtifactRepository`` of the Argo API."""

    archive_logs: bool | None = None
    artifactory: ArtifactoryArtifactRepository | None = None
    azure: AzureArtifactRepository | None = None
    gcs: GCSArtifactRepository | None = None
    hdfs: HDFSArtifactRepository | None = None
    oss: OSSArtifactRepository | None = None
    plugin: PluginArtifactRepository | None = None
    s3: S3ArtifactRepository | None = None


class ArtifactRepositoryRef(Record, frozen=True, kw_only=True):
    """``ArtifactRepositoryRef`` of the Argo API."""

    config_map: str | None = None
    key: str | None = None


class ArtifactRepositoryRefStatus(Record, frozen=True, kw_only=True):
    """``ArtifactRepositoryRefStatus`` of the Argo API."""

    artifact_repository: ArtifactRepository | None = None
    config_map: str | None = None
    default: bool | None = None
    key: str | None = None
    namespace: str | None = None


class ArtifactoryArtifact(Record, frozen=True, kw_only=True):
    """``ArtifactoryArtifact`` of the Argo API."""

    password_secret: SecretKeySelector | None = None
    url: str = ""
    username_secret: SecretKeySelector | None = None


class ArtifactoryArtifactRepository(Record, frozen=True, kw_only=True):
    """``ArtifactoryArtifactRepository`` of the Argo API."""

    key_format: str | None = None
    password_secret: SecretKeySelector | None = None
    repo_url: str | None = field(default=None, name="repoURL")
    username_secret: SecretKeySelector | None = None


class AzureArtifact(Record, frozen=True, kw_only=True):
    """``AzureArtifact`` of the Argo API."""

    account_key_secret: SecretKeySelector | None = None
    blob: str = ""
    container: str = ""
    endpoint: str = ""
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class AzureArtifactRepository(Record, frozen=True, kw_only=True):
    """``AzureArtifactRepository`` of the Argo API."""

    account_key_secret: SecretKeySelector | None = None
    blob_name_format: str | None = None
    container: str = ""
    endpoint: str = ""
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class BasicAuth(Record, frozen=True, kw_only=True):
    """``BasicAuth`` of the Argo API."""

    password_secret: SecretKeySelector | None = None
    username_secret: SecretKeySelector | None = None


class ClientCertAuth(Record, frozen=True, kw_only=True):
    """``ClientCertAuth`` of the Argo API."""

    client_cert_secret: SecretKeySelector | None = None
    client_key_secret: SecretKeySelector | None = None


class CreateS3BucketOptions(Record, frozen=True, kw_only=True):
    """``CreateS3BucketOptions`` of the Argo API."""

    object_locking: bool | None = None


class FileArtifact(Record, frozen=True, kw_only=True):
    """``FileArtifact`` of the Argo API."""

    key: str = ""


class GCSArtifact(Record, frozen=True, kw_only=True):
    """``GCSArtifact`` of the Argo API."""

    bucket: str | None = None
    key: str = ""
    service_account_key_secret: SecretKeySelector | None = None


class GCSArtifactRepository(Record, frozen=True, kw_only=True):
    """``GCSArtifactRepository`` of the Argo API."""

    bucket: str | None = None
    key_format: str | None = None
    service_account_key_secret: SecretKeySelector | None = None


class GitArtifact(Record, frozen=True, kw_only=True):
    """``GitArtifact`` of the Argo API."""

    branch: str | None = None
    depth: Uint64 | None = None
    disable_submodules: bool | None = None
    fetch: tuple[str, ...] | None = None
    insecure_ignore_host_key: bool | None = None
    insecure_skip_tls: bool | None = field(default=None, name="insecureSkipTLS")
    password_secret: SecretKeySelector | None = None
    repo: str = ""
    revision: str | None = None
    single_branch: bool | None = None
    ssh_private_key_secret: SecretKeySelector | None = None
    username_secret: SecretKeySelector | None = None


class HDFSArtifact(Record, frozen=True, kw_only=True):
    """``HDFSArtifact`` of the Argo API."""

    addresses: tuple[str, ...] | None = None
    data_transfer_protection: str | None = None
    force: bool | None = None
    hdfs_user: str | None = None
    krb_c_cache_secret: SecretKeySelector | None = None
    krb_config_config_map: ConfigMapKeySelector | None = None
    krb_keytab_secret: SecretKeySelector | None = None
    krb_realm: str | None = None
    krb_service_principal_name: str | None = None
    krb_username: str | None = None
    path: str = ""


class HDFSArtifactRepository(Record, frozen=True, kw_only=True):
    """``HDFSArtifactRepository`` of the Argo API."""

    addresses: tuple[str, ...] | None = None
    data_transfer_protection: str | None = None
    force: bool | None = None
    hdfs_user: str | None = None
    krb_c_cache_secret: SecretKeySelector | None = None
    krb_config_config_map: ConfigMapKeySelector | None = None
    krb_keytab_secret: SecretKeySelector | None = None
    krb_realm: str | None = None
    krb_service_principal_name: str | None = None
    krb_username: str | None = None
    path_format: str | None = None


class HTTPArtifact(Record, frozen=True, kw_only=True):
    """``HTTPArtifact`` of the Argo API."""

    auth: HTTPAuth | None = None
    headers: tuple[Header, ...] | None = None
    save_stream_via_file: bool | None = None
    url: str = ""


class HTTPAuth(Record, frozen=True, kw_only=True):
    """``HTTPAuth`` of the Argo API."""

    basic_auth: BasicAuth | None = None
    client_cert: ClientCertAuth | None = None
    oauth2: OAuth2Auth | None = None


class Header(Record, frozen=True, kw_only=True):
    """``Header`` of the Argo API."""

    name: str = ""
    value: str = ""


class NoneStrategy(Record, frozen=True, kw_only=True):
    """``NoneStrategy`` of the Argo API."""


class OAuth2Auth(Record, frozen=True, kw_only=True):
    """``OAuth2Auth`` of the Argo API."""

    client_id_secret: SecretKeySelector | None = field(default=None, name="clientIDSecret")
    client_secret_secret: SecretKeySelector | None = None
    endpoint_params: tuple[OAuth2EndpointParam, ...] | None = None
    scopes: tuple[str, ...] | None = None
    token_url_secret: SecretKeySelector | None = field(default=None, name="tokenURLSecret")


class OAuth2EndpointParam(Record, frozen=True, kw_only=True):
    """``OAuth2EndpointParam`` of the Argo API."""

    key: str = ""
    value: str | None = None


class OSSArtifact(Record, frozen=True, kw_only=True):
    """``OSSArtifact`` of the Argo API."""

    access_key_secret: SecretKeySelector | None = None
    bucket: str | None = None
    create_bucket_if_not_present: bool | None = None
    endpoint: str | None = None
    key: str = ""
    lifecycle_rule: OSSLifecycleRule | None = None
    secret_key_secret: SecretKeySelector | None = None
    security_token: str | None = None
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class OSSArtifactRepository(Record, frozen=True, kw_only=True):
    """``OSSArtifactRepository`` of the Argo API."""

    access_key_secret: SecretKeySelector | None = None
    bucket: str | None = None
    create_bucket_if_not_present: bool | None = None
    endpoint: str | None = None
    key_format: str | None = None
    lifecycle_rule: OSSLifecycleRule | None = None
    secret_key_secret: SecretKeySelector | None = None
    security_token: str | None = None
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class OSSLifecycleRule(Record, frozen=True, kw_only=True):
    """``OSSLifecycleRule`` of the Argo API."""

    mark_deletion_after_days: Int32 | None = None
    mark_infrequent_access_after_days: Int32 | None = None


class PluginArtifact(Record, frozen=True, kw_only=True):
    """``PluginArtifact`` of the Argo API."""

    configuration: str | None = None
    connection_timeout_seconds: Int32 | None = None
    key: str = ""
    name: str | None = None


class PluginArtifactRepository(Record, frozen=True, kw_only=True):
    """``PluginArtifactRepository`` of the Argo API."""

    configuration: str = ""
    key_format: str | None = None
    name: str = ""


class RawArtifact(Record, frozen=True, kw_only=True):
    """``RawArtifact`` of the Argo API."""

    data: str = ""


class S3Artifact(Record, frozen=True, kw_only=True):
    """``S3Artifact`` of the Argo API."""

    access_key_secret: SecretKeySelector | None = None
    addressing_style: str | None = None
    bucket: str | None = None
    ca_secret: SecretKeySelector | None = None
    create_bucket_if_not_present: CreateS3BucketOptions | None = None
    encryption_options: S3EncryptionOptions | None = None
    endpoint: str | None = None
    insecure: bool | None = None
    key: str | None = None
    region: str | None = None
    role_arn: str | None = field(default=None, name="roleARN")
    secret_key_secret: SecretKeySelector | None = None
    session_token_secret: SecretKeySelector | None = None
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class S3ArtifactRepository(Record, frozen=True, kw_only=True):
    """``S3ArtifactRepository`` of the Argo API."""

    access_key_secret: SecretKeySelector | None = None
    addressing_style: str | None = None
    bucket: str | None = None
    ca_secret: SecretKeySelector | None = None
    create_bucket_if_not_present: CreateS3BucketOptions | None = None
    encryption_options: S3EncryptionOptions | None = None
    endpoint: str | None = None
    insecure: bool | None = None
    key_format: str | None = None
    key_prefix: str | None = None
    region: str | None = None
    role_arn: str | None = field(default=None, name="roleARN")
    secret_key_secret: SecretKeySelector | None = None
    session_token_secret: SecretKeySelector | None = None
    use_sdk_creds: bool | None = field(default=None, name="useSDKCreds")


class S3EncryptionOptions(Record, frozen=True, kw_only=True):
    """``S3EncryptionOptions`` of the Argo API."""

    enable_encryption: bool | None = None
    kms_encryption_context: str | None = None
    kms_key_id: str | None = None
    server_side_customer_key_secret: SecretKeySelector | None = None


class TarStrategy(Record, frozen=True, kw_only=True):
    """``TarStrategy`` of the Argo API."""

    compression_level: Int32 | None = None


class ZipStrategy(Record, frozen=True, kw_only=True):
    """``ZipStrategy`` of the Argo API."""
