"""The messages of artifact plugins (``spec/features.md`` 35), as descriptions that ``protobuf`` makes types of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from tiphys.core.manifest.model.scalars import JsonObject

if TYPE_CHECKING:
    from google.protobuf.message import Message

SERVICE = "artifact.ArtifactService"
_STRING, _BOOL, _INT32, _BYTES = "string", "bool", "int32", "bytes"
#: Message → its fields: (name, number, type), where a capital letter begins the name of another message.
_MESSAGES: Mapping[str, tuple[tuple[str, int, str], ...]] = {
    "PluginArtifact": (
        ("name", 1, _STRING), ("configuration", 2, _STRING), ("connection_timeout_seconds", 3, _INT32),
        ("key", 4, _STRING),
    ),
    "Artifact": (
        ("name", 1, _STRING), ("path", 2, _STRING), ("mode", 3, _INT32), ("from", 4, _STRING),
        ("plugin", 5, "PluginArtifact"), ("optional", 6, _BOOL), ("sub_path", 7, _STRING),
        ("recurse_mode", 8, _BOOL), ("from_expression", 9, _STRING), ("deleted", 10, _BOOL),
    ),
    "LoadArtifactRequest": (("input_artifact", 1, "Artifact"), ("path", 2, _STRING)),
    "SaveArtifactRequest": (("path", 1, _STRING), ("output_artifact", 2, "Artifact")),
    "ArtifactRequest": (("artifact", 1, "Artifact"),),
    "Outcome": (("success", 1, _BOOL), ("error", 2, _STRING)),
    "OpenStreamResponse": (("data", 1, _BYTES), ("is_end", 2, _BOOL), ("error", 3, _STRING)),
    "ListObjectsResponse": (("objects", 1, "*string"), ("error", 2, _STRING)),
    "IsDirectoryResponse": (("is_directory", 1, _BOOL), ("error", 2, _STRING)),
}  # fmt: skip
#: Method → request, response.  On the wire a message has no name, so those of one shape share a type here.
METHODS: Mapping[str, tuple[str, str]] = {
    "Load": ("LoadArtifactRequest", "Outcome"),
    "Save": ("SaveArtifactRequest", "Outcome"),
    "Delete": ("ArtifactRequest", "Outcome"),
    "OpenStream": ("ArtifactRequest", "OpenStreamResponse"),
    "ListObjects": ("ArtifactRequest", "ListObjectsResponse"),
    "IsDirectory": ("ArtifactRequest", "IsDirectoryResponse"),
}
_made: dict[str, type[Message]] = {}


def message(name: str) -> type[Message]:
    """The type of a message."""
    if not _made:
        _make()
    return _made[name]


def artifact_message(fields: JsonObject, key: str) -> Message:
    """The artifact of a plugin: its configuration and its key."""
    plugin = message("PluginArtifact")(
        name=str(fields.get("name") or ""),
        configuration=str(fields.get("configuration") or ""),
        connection_timeout_seconds=int(cast(int, fields.get("connectionTimeoutSeconds") or 0)),
        key=key,
    )
    return message("Artifact")(plugin=plugin)


def _make() -> None:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="tiphys/artifact.proto", package="tiphys", syntax="proto3")
    scalar = descriptor_pb2.FieldDescriptorProto
    types = {_STRING: scalar.TYPE_STRING, _BOOL: scalar.TYPE_BOOL, _INT32: scalar.TYPE_INT32, _BYTES: scalar.TYPE_BYTES}
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind in fields:
            label = scalar.LABEL_REPEATED if kind.startswith("*") else scalar.LABEL_OPTIONAL
            plain = kind.lstrip("*")
            if plain in types:
                described.field.add(name=field, number=number, label=label, type=types[plain])
            else:
                described.field.add(
                    name=field, number=number, label=label, type=scalar.TYPE_MESSAGE, type_name=f".tiphys.{plain}"
                )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    for name in _MESSAGES:
        _made[name] = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tiphys.{name}"))
