"""What some storages cannot do, in Argo's words (``spec/data.md`` 6)."""

from __future__ import annotations

NO_DELETE = (
    "delete not supported for this artifact storage, please check the following issue for details: "
    "https://github.com/argoproj/argo-workflows/issues/3102"
)
LIST_UNSUPPORTED = "ListObjects is currently not supported for this artifact type, but it will be in a future version"


def no_directory(storage: str) -> str:
    """The text for a storage that cannot tell a directory from a file."""
    return f"IsDirectory currently unimplemented for {storage}"
