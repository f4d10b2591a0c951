"""Slash-separated paths by their text alone, as Go's ``path`` package has them."""

from __future__ import annotations


def clean_path(path: str) -> str:
    """The shortest equal path: no ``.``, no inner ``..``, no double slash."""
    if not path:
        return "."
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or not rooted:
            parts.append(part)
    joined = "/".join(parts)
    return "/" + joined if rooted else joined or "."


def base_name(path: str) -> str:
    """The last element."""
    if not path:
        return "."
    stripped = path.rstrip("/")
    return stripped.rpartition("/")[2] if stripped else "/"


def folder(path: str) -> str:
    """All but the last element, cleaned."""
    head, slash, _ = path.rpartition("/")
    return clean_path(head + slash)


def extension(path: str) -> str:
    """From the last dot of the last element on."""
    last = path.rpartition("/")[2]
    return last[last.rfind(".") :] if "." in last else ""
