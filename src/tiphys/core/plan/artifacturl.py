"""Where an artifact lies, as one line for people."""

from __future__ import annotations

from tiphys.core.manifest.model.artifact import Artifact


def url_of(artifact: Artifact) -> str:
    """The location as a URL; empty when the status does not say it.

    >>> from tiphys.core.manifest.model.artifact import S3Artifact
    >>> url_of(Artifact(name="a", s3=S3Artifact(bucket="b", key="x/a.tgz")))
    's3://b/x/a.tgz'
    """
    for scheme, place in (("s3", artifact.s3), ("gs", artifact.gcs), ("oss", artifact.oss)):
        if place is not None:
            return f"{scheme}://{place.bucket or ''}/{place.key or ''}"
    if artifact.azure is not None:
        return f"azure://{artifact.azure.container}/{artifact.azure.blob}"
    if artifact.hdfs is not None:
        return f"hdfs://{artifact.hdfs.path}"
    if artifact.file is not None:
        return f"file:{artifact.file.key}"
    if artifact.plugin is not None:
        return f"{artifact.plugin.name or 'plugin'}:{artifact.plugin.key}"
    if artifact.git is not None:
        return artifact.git.repo
    found = artifact.http or artifact.artifactory
    return found.url if found is not None else ""
