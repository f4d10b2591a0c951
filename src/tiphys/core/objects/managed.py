"""Server-side apply: who applied which fields, what is removed with a field that somebody applies no more.

Fields are written as in ``metadata.managedFields`` (``FieldsV1``): ``f:name`` is a field, ``k:{"name":"x"}`` an element
of a list by what tells elements apart, ``v:"x"`` an element of a set, and ``.`` the element itself.  Only managers that
apply are recorded: what others change belongs to nobody, so the next apply of the field takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.patches import MERGE_KEYS, MERGED_SETS, last_applied, merge_patch, strategic_patch
from tiphys.errors import ConflictError

Path = tuple[str, ...]
_ITSELF: Final = "."
_APPLY: Final = "Apply"
#: What a manifest says besides fields that somebody can own.
_NAMES: Final = frozenset({"apiVersion", "kind", "status"})
_OWN_METADATA: Final = ("labels", "annotations", "finalizers", "ownerReferences")
#: Whose fields are known from an annotation where they were applied by a client.
_KUBECTL: Final = "kubectl"


class Applying(Struct, frozen=True, kw_only=True):
    """Who applies when; ``force`` takes fields from other managers, ``strategic`` joins lists element by element."""

    manager: str
    now: str
    strategic: bool
    force: bool = False


def applied(live: JsonObject | None, wanted: JsonObject, how: Applying) -> JsonObject:
    """What an apply makes of a live object, or of none.

    Fields that this manager applied before and does not any more are removed, unless others apply them too.

    Raises:
        ConflictError: other managers apply some of the fields with other values; names them all.
    """
    wanted = {key: value for key, value in wanted.items() if key != "status"}
    mine = fields_of(wanted, strategic=how.strategic)
    known = managers_of(live or {})
    paths = set(_leaves(mine))
    contested = _contested(live or {}, wanted, paths, {name: known[name] for name in known if name != how.manager})
    if contested and not how.force:
        raise ConflictError(_refusal(contested))
    for name, path in contested:
        known[name] = _without(known[name], path)
    before = known.get(how.manager) or _by_client(live, how)
    others = {path for name, fields in known.items() if name != how.manager for path in _leaves(fields)}
    gone = set(_leaves(before)) - paths - others
    kept: JsonValue = live or {}
    for path in _removals(gone, paths | others):
        kept = _removed(kept, path)
    merged = _merged(kept if isinstance(kept, dict) else {}, wanted, strategic=how.strategic)
    return _recorded(live, merged, {**known, how.manager: mine}, how)


def fields_of(manifest: JsonObject, *, strategic: bool) -> JsonObject:
    """The fields that a manifest applies."""
    metadata = metadata_of(manifest)
    own: JsonObject = {key: metadata[key] for key in _OWN_METADATA if metadata.get(key)}
    rest = {key: value for key, value in manifest.items() if key not in _NAMES and key != "metadata"}
    found = {**_of_map(rest, strategic=strategic)}
    if own:
        found["f:metadata"] = _of_map(own, strategic=True)
    return found


def managers_of(manifest: JsonObject) -> dict[str, JsonObject]:
    """The fields of each manager that applies."""
    entries = metadata_of(manifest).get("managedFields")
    found: dict[str, JsonObject] = {}
    for entry in entries if isinstance(entries, list) else ():
        fields = entry.get("fieldsV1") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and entry.get("operation") == _APPLY and isinstance(fields, dict):
            found[text(entry, "manager")] = fields
    return found


def _of_map(value: JsonObject, *, strategic: bool) -> JsonObject:
    return {f"f:{name}": _of_value(name, each, strategic=strategic) for name, each in value.items()}


def _of_value(name: str, value: JsonValue, *, strategic: bool) -> JsonObject:
    if isinstance(value, dict):
        return _of_map(value, strategic=strategic)
    if not isinstance(value, list) or not strategic:
        return {}
    if name in MERGED_SETS:
        return {f"v:{_json(item)}": {} for item in value}
    key = _key_of(name, value)
    if key is None:
        return {}
    items = [item for item in value if isinstance(item, dict)]
    return {
        f"k:{_json({key: item[key]})}": {_ITSELF: {}, **_of_map(item, strategic=True)} for item in items if key in item
    }


def _key_of(name: str, items: Sequence[JsonValue]) -> str | None:
    """The field that tells the elements of a list apart; None for a list that is one value."""
    keys = MERGE_KEYS.get(name, ())
    return next((key for key in keys if items and all(isinstance(item, dict) and key in item for item in items)), None)


def _leaves(fields: JsonObject, above: Path = ()) -> Iterator[Path]:
    for key, below in fields.items():
        if key == _ITSELF:
            yield above
        elif isinstance(below, dict) and below:
            yield from _leaves(below, (*above, key))
        else:
            yield (*above, key)


def _contested(
    live: JsonObject, wanted: JsonObject, paths: set[Path], others: Mapping[str, JsonObject]
) -> list[tuple[str, Path]]:
    return [
        (name, path)
        for name, fields in sorted(others.items())
        for path in sorted(set(_leaves(fields)) & paths)
        if path[-1][:2] == "f:" and _value(live, path) != _value(wanted, path)
    ]


def _refusal(contested: Sequence[tuple[str, Path]]) -> str:
    """Kubernetes' text."""
    count = f"{len(contested)} conflict" + ("s" if len(contested) > 1 else "")
    named = dict.fromkeys(name for name, _ in contested)
    texts = [
        f'conflict with "{name}": ' + ", ".join(shown(path) for other, path in contested if other == name)
        for name in named
    ]
    return f"Apply failed with {count}: " + "; ".join(texts)


def shown(path: Path) -> str:
    """A path as kubectl prints it.

    >>> shown(("f:spec", "f:env", 'k:{"name":"A"}', "f:value"))
    '.spec.env[name="A"].value'
    """
    found = ""
    for part in path:
        kind, value = part[:2], part[2:]
        if kind == "f:":
            found += f".{value}"
        elif kind == "k:":
            found += "[" + ",".join(f"{key}={_json(each)}" for key, each in msgspec.json.decode(value).items()) + "]"
        else:
            found += f"[={value}]"
    return found


def _position(items: list[JsonValue], part: str) -> int | None:
    wanted = msgspec.json.decode(part[2:])
    for number, item in enumerate(items):
        same = item == wanted if part[:2] == "v:" else isinstance(item, dict) and wanted.items() <= item.items()
        if same:
            return number
    return None


def _value(value: JsonValue, path: Path) -> JsonValue:
    """What lies at a path; None where nothing does."""
    for part in path:
        if part[:2] == "f:":
            value = value.get(part[2:]) if isinstance(value, dict) else None
        else:
            number = _position(value, part) if isinstance(value, list) else None
            value = value[number] if isinstance(value, list) and number is not None else None
    return value


def _removals(gone: set[Path], kept: set[Path]) -> list[Path]:
    """What to remove: an element as a whole where nobody keeps a part of it, else all but what tells it apart."""
    whole = [path for path in gone if path[-1][:2] == "k:" and not any(each[: len(path)] == path for each in kept)]
    fields = [
        path
        for path in gone
        if path[-1][:2] != "k:"
        and not any(path[: len(above)] == above for above in whole)
        and not (len(path) > 1 and path[-2][:2] == "k:" and path[-1][2:] in msgspec.json.decode(path[-2][2:]))
    ]
    return sorted([*whole, *fields])


def _removed(value: JsonValue, path: Path) -> JsonValue:
    """The value without what lies at a path, and without maps and lists that are empty by that."""
    part, below = path[0], path[1:]
    if part[:2] == "f:" and isinstance(value, dict) and part[2:] in value:
        inner = _removed(value[part[2:]], below) if below else None
        left: JsonObject = {key: each for key, each in value.items() if key != part[2:]}
        return left if inner in (None, {}, []) else {**value, part[2:]: inner}
    if part[:2] in ("k:", "v:") and isinstance(value, list):
        number = _position(value, part)
        if number is not None:
            inner = _removed(value[number], below) if below else None
            return [*value[:number], *([] if inner in (None, {}) else [inner]), *value[number + 1 :]]
    return value


def _without(fields: JsonObject, path: Path) -> JsonObject:
    """Fields of a manager without one."""
    below = fields.get(path[0])
    rest = {key: value for key, value in fields.items() if key != path[0]}
    if len(path) == 1 or not isinstance(below, dict):
        return rest
    left = _without(below, path[1:])
    return {**rest, path[0]: left} if left else rest


def _by_client(live: JsonObject | None, how: Applying) -> JsonObject:
    """What kubectl applied before it left that to the server."""
    return fields_of(last_applied(live), strategic=how.strategic) if live and how.manager == _KUBECTL else {}


def _merged(live: JsonObject, wanted: JsonObject, *, strategic: bool) -> JsonObject:
    merge = strategic_patch if strategic else merge_patch
    metadata = metadata_of(wanted)
    merged = merge(live, {key: value for key, value in wanted.items() if key != "metadata"})
    joined = strategic_patch(
        metadata_of(live), {key: value for key, value in metadata.items() if key != "managedFields"}
    )
    return {**(merged if isinstance(merged, dict) else {}), "metadata": joined}


def _recorded(
    live: JsonObject | None, merged: JsonObject, managers: Mapping[str, JsonObject], how: Applying
) -> JsonObject:
    """The object with the fields of each manager; one that changes nothing keeps its time."""
    metadata = metadata_of(merged)
    before = metadata.get("managedFields")
    entries = [entry for entry in before if isinstance(entry, dict)] if isinstance(before, list) else []
    known = {text(entry, "manager"): entry for entry in entries if entry.get("operation") == _APPLY}
    found: list[JsonValue] = [entry for entry in entries if entry.get("operation") != _APPLY]
    idle = live is not None and _content(live) == _content(merged)
    for name, fields in managers.items():
        old, acts = known.get(name), name == how.manager
        if old is not None and old.get("fieldsV1") == fields and (idle or not acts):
            found.append(old)
        elif fields or acts:
            when = how.now if acts or old is None else text(old, "time")
            found.append(_entry(name, text(merged, "apiVersion"), when, fields))
    return {**merged, "metadata": {**metadata, "managedFields": found}}


def _entry(manager: str, api_version: str, when: str, fields: JsonObject) -> JsonObject:
    entry: JsonObject = {"manager": manager, "operation": _APPLY, "apiVersion": api_version, "time": when}
    return {**entry, "fieldsType": "FieldsV1", "fieldsV1": fields}


def _content(manifest: JsonObject) -> JsonObject:
    metadata = {key: value for key, value in metadata_of(manifest).items() if key != "managedFields"}
    return {**manifest, "metadata": metadata}


def _json(value: JsonValue) -> str:
    return msgspec.json.encode(value).decode()
