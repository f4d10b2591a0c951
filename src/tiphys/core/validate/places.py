"""Where artifacts lie: locations and paths (``spec/data.md`` 4.2, 4.3, 13.1)."""

from __future__ import annotations

from tiphys.core.manifest.model.artifact import Artifact, ArtifactLocation, ArtifactPaths, HDFSArtifact

Location = Artifact | ArtifactLocation | ArtifactPaths


def has_location_or_key(artifact: Location) -> bool:
    """True when an artifact says where it lies, at least by a key (``spec/data.md`` 4.3)."""
    if artifact.raw is not None:
        return True
    keys = (
        artifact.s3 and artifact.s3.key,
        artifact.gcs and artifact.gcs.key,
        artifact.oss and artifact.oss.key,
        artifact.azure and artifact.azure.blob,
        artifact.artifactory and artifact.artifactory.url,
        artifact.http and artifact.http.url,
        artifact.hdfs and (artifact.hdfs.addresses or artifact.hdfs.path),
        artifact.plugin and artifact.plugin.key,
        artifact.git and artifact.git.repo,
        artifact.file and artifact.file.key,
    )
    return any(keys)


def location_problem(prefix: str, artifact: Location) -> str | None:
    """What is wrong with a location, as Argo says it; ``prefix`` names the artifact."""
    if artifact.git is not None and not artifact.git.repo:
        return f"{prefix}.git.repo is required"
    if artifact.hdfs is not None:
        return _hdfs_problem(f"{prefix}.hdfs", artifact.hdfs)
    return None


def _hdfs_problem(at: str, hdfs: HDFSArtifact) -> str | None:
    if not hdfs.addresses:
        return f"{at}.addresses is required"
    if not hdfs.path:
        return f"{at}.path is required"
    if not hdfs.path.startswith("/"):
        return f"{at}.path must be a absolute file path"
    if not (hdfs.hdfs_user or hdfs.krb_c_cache_secret or hdfs.krb_keytab_secret):
        return f"either {at}.hdfsUser, {at}.krbCCacheSecret or {at}.krbKeytabSecret is required"
    principal = hdfs.krb_service_principal_name and hdfs.krb_config_config_map
    if hdfs.krb_keytab_secret is not None and not (principal and hdfs.krb_username and hdfs.krb_realm):
        return (
            f"{at}.krbServicePrincipalName, {at}.krbConfigConfigMap, {at}.krbUsername and {at}.krbRealm "
            f"are required with {at}.krbKeytabSecret"
        )
    if hdfs.krb_c_cache_secret is not None and not principal:
        return f"{at}.krbServicePrincipalName and {at}.krbConfigConfigMap are required with {at}.krbCCacheSecret"
    return None


def path_problem(name: str, path: str) -> str | None:
    """What is wrong with the path of an artifact."""
    if not path:
        return f"Artifact '{name}' did not specify a path"
    cut = path.find("/../")
    if cut < 0 and path.endswith("/.."):
        cut = len(path) - 3
    if cut < 0:
        return None
    safe, clean = _clean(path[:cut]), _clean(path)
    inside = clean != safe and clean.startswith(safe.rstrip("/") + "/")
    if inside:
        return None
    return f"Artifact '{name}' attempted to use a path containing '..'. Directory traversal is not permitted"


def _clean(path: str) -> str:
    """The shortest path that names the same place."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part == ".." and path.startswith("/"):
            continue
        elif part not in {"", "."}:
            parts.append(part)
    return ("/" if path.startswith("/") else "") + "/".join(parts) or "."
