"""The files of artifacts: downloads, listings, uploads (``spec/api.md`` 19).

Their content is somebody's: no script of it may act for whoever looks at it, and no name of it is taken for HTML.
"""

from __future__ import annotations

import io
import mimetypes
import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from tiphys.app.services.artifactfiles import StoredFile
from tiphys.app.services.finding import find
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Open, Right, Route
from tiphys.errors import ForbiddenError, NotFoundError
from tiphys.ports.store import ObjectKey, StoredObject

_CHUNK = 64 << 10
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_HEADERS = {
    "content-security-policy": (
        "sandbox allow-same-origin; base-uri 'none'; default-src 'none'; img-src 'self'; "
        "style-src 'self' 'unsafe-inline'"
    ),
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
}


def output(parts: Parts, call: Call) -> Answer:
    """An output of a node of a workflow."""
    return _sent(parts, call, _of(parts, call, _named(parts, call), inputs=False))


def input_(parts: Parts, call: Call) -> Answer:
    """An input of a node of a workflow."""
    return _sent(parts, call, _of(parts, call, _named(parts, call), inputs=True))


def output_by_uid(parts: Parts, call: Call) -> Answer:
    """An output of a node of an archived workflow."""
    return _sent(parts, call, _of(parts, call, _archived(parts, call, call.path["uid"]), inputs=False))


def input_by_uid(parts: Parts, call: Call) -> Answer:
    """An input of a node of an archived workflow."""
    return _sent(parts, call, _of(parts, call, _archived(parts, call, call.path["uid"]), inputs=True))


def file(parts: Parts, call: Call) -> Answer:
    """A file of an artifact that may be a directory, or the list of what is in it."""
    kind, side = call.path["idDiscriminator"], call.path["artifactDiscriminator"]
    if kind not in ("workflows", "archived-workflows") or side not in ("outputs", "inputs"):
        raise InvalidArgumentError("Bad Request")
    if kind == "workflows":
        row = _row(parts, call, call.namespace, call.path["id"])
    else:
        row = _archived(parts, call, call.path["id"])
        if row.key.namespace != call.namespace:
            raise InvalidArgumentError("Bad Request")
    name, slash, inner = call.path["artifactName"].partition("/")
    whole = _of(parts, call, row, inputs=side == "inputs", name=name)
    wanted = parts.artifacts.below(whole, inner) if inner.strip("/") else whole
    if not parts.artifacts.is_directory(wanted):
        return _sent(parts, call, wanted)
    if not (slash and (not inner or inner.endswith("/"))):
        return _moved(f"{posixpath.basename(inner or name)}/")
    if "application/json" in call.headers.get("accept", ""):
        return Answer(json=_listed(_members(parts, wanted)))
    return _listing(parts, wanted)


def upload(parts: Parts, call: Call) -> JsonValue:
    """Keep a file for an argument of a template."""
    from tiphys.entrypoints.server.forms import save_file

    for right in (Right("get", "workflowtemplates"), Right("create", "workflows")):
        if not parts.authorizer.allowed(call.principal, right.access({"namespace": call.namespace})):
            raise ForbiddenError("permission denied")
    template = call.path["template"]
    if parts.store.get(ObjectKey("WorkflowTemplate", call.namespace, template)) is None:
        raise NotFoundError(f'workflowtemplates.argoproj.io "{template}" not found')
    with tempfile.TemporaryDirectory(prefix="tiphys-upload-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as opened:
            filename = save_file(call.headers.get("content-type", ""), call.pieces, opened)
        key = f"uploads/{call.namespace}/{parts.clock.uid()}/{filename}"
        key = parts.artifacts.upload(call.namespace, template, call.path["artifactName"], str(path), key)
    return {"name": call.path["artifactName"], "key": key}


def _named(parts: Parts, call: Call) -> StoredObject:
    return _row(parts, call, call.namespace, call.name)


def _row(parts: Parts, call: Call, namespace: str, name: str) -> StoredObject:
    _allow(parts, call, namespace, name)
    try:
        return find(parts.store, namespace, name)
    except NotFoundError:
        copy = parts.archive.lookup(namespace, name)
        if copy is None:
            raise
        return copy


def _archived(parts: Parts, call: Call, uid: str) -> StoredObject:
    """The workflow of a uid; who may not see it does not learn whether it exists."""
    try:
        row = parts.archive.find(uid)
    except NotFoundError:
        _allow(parts, call, call.namespace)
        raise
    _allow(parts, call, row.key.namespace, row.key.name)
    return row


def _allow(parts: Parts, call: Call, namespace: str, name: str = "") -> None:
    if not parts.authorizer.allowed(call.principal, _GET.access({"namespace": namespace, "name": name})):
        raise ForbiddenError("permission denied")


def _of(parts: Parts, call: Call, row: StoredObject, *, inputs: bool, name: str = "") -> StoredFile:
    workflow, nodes = parts.archive.whole(row)
    wanted = name or call.path["artifactName"]
    return parts.artifacts.of_node(workflow, nodes, call.path["nodeId"], wanted, inputs=inputs)


def _sent(parts: Parts, call: Call, wanted: StoredFile) -> Answer:
    """A file, or the part of it that was asked for."""
    stream = parts.artifacts.open(wanted)
    headers = {
        **_HEADERS,
        **parts.options.artifact_headers,
        "content-disposition": f"filename*=UTF-8''{quote(wanted.name)}; filename=\"{_plain(wanted.name)}\"",
        "content-type": mimetypes.guess_type(wanted.name)[0] or "application/octet-stream",
    }
    if not stream.seekable():
        return Answer(headers=headers, chunks=_chunks(stream))
    size = stream.seek(0, io.SEEK_END)
    headers["accept-ranges"] = "bytes"
    begin, end = _part(call.headers.get("range", ""), size)
    if begin is None:
        stream.seek(0)
        return Answer(headers={**headers, "content-length": str(size)}, chunks=_chunks(stream))
    if begin >= end:
        stream.close()
        return Answer(status=416, headers={**headers, "content-range": f"bytes */{size}"}, body=b"")
    stream.seek(begin)
    headers |= {"content-range": f"bytes {begin}-{end - 1}/{size}", "content-length": str(end - begin)}
    return Answer(status=206, headers=headers, chunks=_chunks(stream, end - begin))


def _part(text: str, size: int) -> tuple[int | None, int]:
    """Where the wanted part begins and ends; None for the whole."""
    match = _RANGE.fullmatch(text)
    if match is None or match[0] == "bytes=-":
        return None, size
    first, last = match[1], match[2]
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _chunks(stream: BinaryIO, limit: int | None = None) -> Iterator[bytes]:
    with stream:
        left = limit
        while True:
            chunk = stream.read(_CHUNK if left is None else min(_CHUNK, left))
            if not chunk:
                return
            yield chunk
            left = left - len(chunk) if left is not None else None


def _members(parts: Parts, wanted: StoredFile) -> dict[str, int]:
    """What is directly in a directory, with sizes in bytes; names of directories end with a slash."""
    sizes: dict[str, int] = {}
    for entry in parts.artifacts.entries(wanted):
        first, slash, _ = entry.path.partition("/")
        sizes[first + slash] = entry.size
    return sizes


def _listed(members: Mapping[str, int]) -> JsonObject:
    """The same as data; what a directory takes is not known."""
    items: list[JsonValue] = [
        {"name": name} if name.endswith("/") else {"name": name, "size": size} for name, size in members.items()
    ]
    return {"items": items}


def _listing(parts: Parts, wanted: StoredFile) -> Answer:
    names = _members(parts, wanted)
    if "index.html" in names:
        return _moved("index.html")
    rows = "".join(
        f'<li><a href="./{escape(quote(name), quote=True)}">{escape(name)}</a></li>\n' for name in ["..", *names]
    )
    page = f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body><ul>\n{rows}</ul></body></html>\n'
    return Answer(
        headers={**_HEADERS, **parts.options.artifact_headers, "content-type": "text/html; charset=utf-8"},
        body=page.encode(),
    )


def _moved(to: str) -> Answer:
    return Answer(status=307, headers={**_HEADERS, "location": f"./{quote(to)}"}, body=b"")


def _plain(name: str) -> str:
    return re.sub(r'[^ -~]|["\\]', "_", name)


_GET = Right("get", "workflows")


def malformed(_parts: Parts, _call: Call) -> Answer:
    """What has too few or too many parts to be an artifact."""
    return Answer(status=400, body=b"Bad Request", headers={"content-type": "text/plain; charset=utf-8"})


def not_by_this_method(_parts: Parts, _call: Call) -> Answer:
    """Uploads are posted."""
    return Answer(status=405, body=b"Method not allowed", headers={"content-type": "text/plain; charset=utf-8"})


_UPLOADS = "/upload-artifacts/{rest...}"
_PREFIXES = ("artifacts", "input-artifacts", "artifacts-by-uid", "input-artifacts-by-uid", "artifact-files")
ROUTES = (
    Route("GET", "/artifacts/{namespace}/{name}/{nodeId}/{artifactName}", _GET, output, text=True),
    Route("GET", "/input-artifacts/{namespace}/{name}/{nodeId}/{artifactName}", _GET, input_, text=True),
    Route("GET", "/artifacts-by-uid/{uid}/{nodeId}/{artifactName}", Open.HANDLER, output_by_uid, text=True),
    Route("GET", "/input-artifacts-by-uid/{uid}/{nodeId}/{artifactName}", Open.HANDLER, input_by_uid, text=True),
    Route(
        "GET",
        "/artifact-files/{namespace}/{idDiscriminator}/{id}/{nodeId}/{artifactDiscriminator}/{artifactName...}",
        _GET,
        file,
        text=True,
    ),
    Route(
        "POST", "/upload-artifacts/{namespace}/{template}/{artifactName}", Open.HANDLER, upload, text=True, pieces=True
    ),
    *(Route("GET", f"/{prefix}/{{rest...}}", Open.SIGNED_IN, malformed, text=True) for prefix in _PREFIXES),
    Route("POST", _UPLOADS, Open.SIGNED_IN, malformed, text=True),
    *(Route(method, _UPLOADS, Open.SIGNED_IN, not_by_this_method, text=True) for method in ("GET", "PUT", "DELETE")),
)
