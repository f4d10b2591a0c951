"""Names and identifiers of nodes and pods (``spec/engine.md`` 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.ids import NodeId, NodeName

if TYPE_CHECKING:
    import json

_OFFSET = 2166136261
_PRIME = 16777619
_POD_PREFIX = 242
_LEADING = re.compile(r"^(\[\d+\])?\.")

#: So many names are given where a message lists them.
_FEW = 5


def few(names: Sequence[str]) -> str:
    """The first names, for a message.

    >>> few("abcdef")
    'a, b, c, d, e, …'
    """
    return ", ".join([*names[:_FEW], *(["…"] if len(names) > _FEW else [])])


@lru_cache(maxsize=1024)  # the name of a node is hashed for its identifier, its pod and its variables
def fnv1a(text: str, start: int = _OFFSET) -> int:
    """The 32-bit FNV-1a hash of the UTF-8 text.

    >>> fnv1a("hello[0].a")
    2217536542
    """
    value = start
    for byte in text.encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return value


def _hashed(name: str) -> int:
    """The hash of a node's name; what the names of siblings begin with is hashed once."""
    cut = name.rfind("(") + 1 or name.rfind(".") + 1
    return fnv1a(name[cut:], fnv1a(name[:cut]))


def node_id(workflow: str, name: str) -> NodeId:
    """The identifier that Argo's clients see.

    >>> node_id("dag-diamond-82q7s", "dag-diamond-82q7s.A")
    'dag-diamond-82q7s-1310542453'
    """
    return NodeId(workflow if name == workflow else f"{workflow}-{_hashed(name)}")


def pod_name(workflow: str, node: str, template: str, form: str = "v2") -> str:
    """The pod of a node; in the form ``v1`` it is called as the node's identifier.

    >>> pod_name("hello", "hello[0].a", "echo"), pod_name("hello", "hello[0].a", "echo", "v1")
    ('hello-echo-2217536542', 'hello-2217536542')
    """
    if node == workflow:
        return workflow
    if form == "v1":
        return node_id(workflow, node)
    prefix = f"{workflow}-{template}" if template else workflow
    return f"{prefix[:_POD_PREFIX]}-{_hashed(node)}"


def display_name(name: str, boundary: str | None) -> str:
    """The short name of a node below its boundary.

    >>> display_name("hello[0].a", "hello"), display_name("hello[0]", "hello")
    ('a', '[0]')
    """
    if boundary is None:
        return name
    return _LEADING.sub("", name.removeprefix(boundary), count=1)


def item_description(item: JsonValue) -> str:
    """What stands behind the index in the name of an expanded node (``spec/engine.md`` 13.2)."""
    return _describe(item).replace("(", "").replace(")", "")


def _describe(item: JsonValue) -> str:
    if isinstance(item, dict):
        return ",".join(sorted(f"{key}:{inner_text(value)}" for key, value in item.items()))
    if isinstance(item, list):
        return "[" + " ".join(inner_text(value) for value in item) + "]"
    if item is None:  # reads as a list without items in Go
        return "[]"
    return inner_text(item)


def inner_text(value: JsonValue) -> str:
    """A value as text; strings keep their JSON escapes but lose their quotes."""
    text = compact(value)
    return text[1:-1] if isinstance(value, str) else text


@cache
def _compact_encoder() -> json.JSONEncoder:
    import json

    return json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def compact(value: JsonValue) -> str:
    """Compact JSON with sorted keys, as Go writes it for a map."""
    try:
        text = _compact_encoder().encode(value)
    except TypeError:  # numbers that stay as they were written (``gojson.read``)
        text = msgspec.json.encode(value, order="sorted").decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def expanded(name: str, index: int, item: JsonValue) -> str:
    """The name of a step or task for one item.

    >>> expanded("s", 0, {"name": "jesse", "group": "dev"})
    's(0:group:dev,name:jesse)'
    """
    return f"{name}({index}:{item_description(item)})"


def attempt(name: str, number: int) -> NodeName:
    """The node of one attempt of a Retry node."""
    return NodeName(f"{name}({number})")


def on_exit(name: str) -> NodeName:
    """The exit handler's node of a node or workflow."""
    return NodeName(f"{name}.onExit")


def container(pod: str, name: str) -> NodeName:
    """The node of one container of a container set."""
    return NodeName(f"{pod}.{name}")


def hook(name: str, hook_name: str) -> NodeName:
    """The node of a lifecycle hook."""
    return NodeName(f"{name}.hooks.{hook_name}")


def owner(name: str) -> str:
    """The node whose hook or exit handler bears a name; empty for other nodes.

    >>> owner("hello[0].a.hooks.running"), owner("hello[0].a.onExit"), owner("hello[0].a")
    ('hello[0].a', 'hello[0].a', '')
    """
    hooked = name.rpartition(".hooks.")[0]
    return hooked or (name.removesuffix(".onExit") if name.endswith(".onExit") else "")
