"""Objects of any kind for people and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Catalogue, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.entrypoints.cli.output.objects import to_json
from tiphys.errors import UsageError

_FORMS = "json, yaml, name, wide or jsonpath=TEMPLATE"


def kind_of(catalogue: Catalogue, word: str) -> Kind:
    """The kind that a person names.

    Raises:
        UsageError: there is no such kind.
    """
    found = catalogue.find(word)
    if found is None:
        import difflib

        names = [kind.resource for kind in catalogue.all()]
        near = difflib.get_close_matches(word.lower(), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "any kind is known once an object of it is applied"
        raise UsageError(f"no kind is called {word!r}", hint)
    return found


def print_objects(items: Sequence[JsonObject], kind: Kind, output: str, *, single: bool, now: datetime) -> str:
    """Objects as the output says; ``single`` prints one object instead of a list.

    Raises:
        UsageError: no output has that name.
    """
    if output == "name":
        group = f".{kind.group}" if kind.group else ""
        return "".join(f"{kind.kind.lower()}{group}/{_name(item)}\n" for item in items)
    if output in ("", "wide"):
        return _table(items, now, wide=output == "wide")
    listed: JsonObject = {"apiVersion": "v1", "kind": "List", "items": [*items], "metadata": {"resourceVersion": ""}}
    data = items[0] if single else listed
    if output == "json":
        return to_json(data, 4)
    if output == "yaml":
        return msgspec.yaml.encode(data, order="deterministic").decode()
    if output.startswith("jsonpath="):
        from tiphys.core.template.errors import TemplateError
        from tiphys.core.template.live.kubepath import kubectl_jsonpath

        try:
            return kubectl_jsonpath(output.removeprefix("jsonpath="), data) + "\n"
        except TemplateError as error:
            raise UsageError(str(error)) from None
    raise UsageError(f"no output is called {output!r}", f"there is {_FORMS}")


def _name(item: JsonObject) -> str:
    return text(metadata_of(item), "name")


def _table(items: Sequence[JsonObject], now: datetime, *, wide: bool) -> str:
    from tiphys.entrypoints.cli.output.times import short_duration

    if not items:
        return "No resources found.\n"
    if all(item.get("kind") == "Event" and item.get("apiVersion") == "v1" for item in items):
        return _columns(_events(items, now))
    rows = [["NAMESPACE", "NAME", "STATUS", "AGE", *(["LABELS"] if wide else [])]]
    for item in items:
        metadata = metadata_of(item)
        created = text(metadata, "creationTimestamp")
        age = short_duration(datetime.fromisoformat(created), now, now) if created else ""
        labels = metadata.get("labels")
        shown = ",".join(f"{key}={value}" for key, value in labels.items()) if isinstance(labels, dict) else ""
        row = [text(metadata, "namespace"), _name(item), _status(item), age, *([shown] if wide else [])]
        rows.append(row)
    if all(not row[0] for row in rows[1:]):
        rows = [row[1:] for row in rows]
    return _columns(rows)


def _events(items: Sequence[JsonObject], now: datetime) -> list[list[str]]:
    """Events as kubectl shows them, the newest last."""
    from tiphys.entrypoints.cli.output.times import short_duration

    rows = [["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]]
    oldest_first = [*reversed(items)]
    oldest_first.sort(key=lambda each: text(each, "lastTimestamp"))
    for item in oldest_first:
        seen, involved = text(item, "lastTimestamp"), item.get("involvedObject")
        about = involved if isinstance(involved, dict) else {}
        rows.append(
            [
                short_duration(datetime.fromisoformat(seen), now, now) if seen else "",
                text(item, "type"),
                text(item, "reason"),
                f"{text(about, 'kind').lower()}/{text(about, 'name')}",
                text(item, "message"),
            ]
        )
    return rows


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _status(item: JsonObject) -> str:
    """One word about an object: its phase, or the condition that holds."""
    if "deletionTimestamp" in metadata_of(item):
        return "Terminating"
    status = item.get("status")
    if not isinstance(status, dict):
        return ""
    phase = status.get("phase")
    if isinstance(phase, str):
        return phase
    conditions = status.get("conditions")
    for condition in conditions if isinstance(conditions, list) else []:
        if isinstance(condition, dict) and condition.get("status") == "True":
            return str(condition.get("type"))
    return ""
