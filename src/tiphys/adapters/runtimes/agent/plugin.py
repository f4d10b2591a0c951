"""``plugin`` templates: executor plugins over their HTTP protocol (``spec/features.md`` 34).

A plugin answers at ``<address>/api/v1/template.execute``.  404 means that it does not execute templates and is not
asked again; 503 that it is to be asked again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx
import msgspec

from tiphys.adapters.runtimes.agent.work import Done, Plugin, Task
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

_PATH: Final = "/api/v1/template.execute"
_SECONDS: Final = 30.0
_LARGEST: Final = 16 * 1024 * 1024
#: How soon a plugin that cannot answer now is asked again.
_AGAIN: Final = 1.0
_ENDED: Final = frozenset({"Succeeded", "Failed", "Error", "Skipped", "Omitted"})


class Plugins:
    """Asks the plugins of a namespace in their order; those that execute no templates are left out from then on."""

    def __init__(self) -> None:
        self._silent: set[tuple[str, str]] = set()

    def perform(self, task: Task, plugins: Sequence[Plugin]) -> Done:
        """Ask one plugin after the other; the first answer with a node counts."""
        for plugin in plugins:
            if (plugin.name, plugin.address) in self._silent:
                continue
            if plugin.over:
                return Done(phase="Error", message=f'agent pod failed with reason:"{plugin.over}"')
            if not plugin.address:
                return Done(phase="Pending", message=f"waiting for the plugin {plugin.name}", requeue=_AGAIN)
            try:
                response = self._ask(plugin, task)
            except httpx.HTTPError as error:
                if isinstance(error, httpx.ConnectError):
                    return Done(phase="Pending", message=f"waiting for the plugin {plugin.name}", requeue=_AGAIN)
                return Done(phase="Failed", message=f"plugin {plugin.name}: {type(error).__name__}")
            if response.status_code == httpx.codes.NOT_FOUND:
                self._silent.add((plugin.name, plugin.address))
            elif response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return Done(phase="Pending", message=f"the plugin {plugin.name} is not ready", requeue=_AGAIN)
            elif response.status_code != httpx.codes.OK:
                return Done(
                    phase="Failed", message=f"plugin {plugin.name}: {response.status_code}: {response.text[:500]}"
                )
            else:
                answer = _answer(plugin, response)
                if answer is not None:
                    return answer
        return Done(phase="Failed", message="no plugin executed the template")

    def _ask(self, plugin: Plugin, task: Task) -> httpx.Response:
        metadata: JsonObject = {"name": task.workflow, "namespace": task.namespace, "uid": task.uid}
        body: JsonObject = {"workflow": {"metadata": metadata}, "template": task.template}
        return httpx.post(
            f"{plugin.address.rstrip('/')}{_PATH}",
            content=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {plugin.token}", "Content-Type": "application/json"},
            timeout=_SECONDS,
            trust_env=False,
        )


def _answer(plugin: Plugin, response: httpx.Response) -> Done | None:
    """The answer of a plugin; None when it leaves the template to others."""
    if len(response.content) > _LARGEST:
        return Done(phase="Failed", message=f"plugin {plugin.name}: the answer is larger than {_LARGEST >> 20} MiB")
    try:
        reply: JsonValue = msgspec.json.decode(response.content)
    except msgspec.DecodeError as error:
        return Done(phase="Failed", message=f"plugin {plugin.name}: the answer is not JSON: {error}")
    node = reply.get("node") if isinstance(reply, dict) else None
    if not isinstance(reply, dict) or not isinstance(node, dict):
        return None
    outputs = node.get("outputs")
    outputs = outputs if isinstance(outputs, dict) else {}
    phase = str(node.get("phase") or "Pending")
    result = outputs.get("result")
    progress = node.get("progress")
    return Done(
        phase=phase,
        message=str(node.get("message") or ""),
        result=str(result) if result is not None else None,
        parameters=tuple(_parameters(outputs.get("parameters"))),
        artifacts=tuple(item for item in _list(outputs.get("artifacts")) if isinstance(item, dict)),
        progress=str(progress) if progress is not None else None,
        requeue=None if phase in _ENDED else _seconds(reply.get("requeue")),
    )


def _list(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else []


def _parameters(value: JsonValue) -> list[tuple[str, str]]:
    return [
        (str(item.get("name")), str(item.get("value") if item.get("value") is not None else ""))
        for item in _list(value)
        if isinstance(item, dict)
    ]


def _seconds(value: JsonValue) -> float:
    """Go's durations (``5s``, ``1m30s``), or seconds; without one a plugin that has not ended is asked soon again."""
    from tiphys.core.engine.durations import SECOND, parse_duration

    try:
        return max(0.1, parse_duration(str(value)) / SECOND) if value else _AGAIN
    except ValueError:
        return _AGAIN
