"""Watchers that fall behind: what they are told, and that they can go on without a gap."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.api.conftest import Running
from tests.waiting import PATIENCE

SPACE = "behind"
MAPS = f"/api/v1/namespaces/{SPACE}/configmaps"
#: More than wait for a watcher, and more deletions than are remembered (``hub.WAITING``, ``ports/store``).
MANY = 1001


def version(http: httpx.Client) -> str:
    return str(http.get(MAPS).json()["metadata"]["resourceVersion"])


def make(http: httpx.Client, name: str, text: str = "") -> None:
    assert http.post(MAPS, json={"metadata": {"name": name}, "data": {"x": text}}).status_code == 201


def first_line(http: httpx.Client, path: str, **query: str) -> str:
    with http.stream("GET", path, params=query) as answer:
        return next(line for line in answer.iter_lines() if line)


def unread(server: Running, since: str) -> socket.socket:
    """A watch whose client does not read."""
    place = urlsplit(server.url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(PATIENCE)
    line.connect((place.hostname, place.port))
    query = f"watch=1&resourceVersion={since}"
    headers = f"Host: {place.netloc}\r\nAuthorization: Bearer {server.token}\r\nConnection: close"
    line.sendall(f"GET {MAPS}?{query} HTTP/1.1\r\n{headers}\r\n\r\n".encode())
    return line


def events(line: socket.socket) -> list[dict[str, Any]]:
    """All events of a stream that ends, whose chunks are one event each."""
    received = b""
    while data := line.recv(1 << 20):
        received += data
    return [json.loads(text) for text in received.split(b"\r\n") if text.startswith(b'{"type":')]


def names(told: list[dict[str, Any]]) -> list[str]:
    return [event["object"]["metadata"]["name"] for event in told if event["type"] == "ADDED"]


def test_who_falls_behind_is_told_and_goes_on_from_a_list(server: Running) -> None:
    made = [*(f"large-{number}" for number in range(40)), *(f"small-{number}" for number in range(MANY))]
    with server.client() as http, httpx.Client(base_url=server.url, headers=http.headers, timeout=PATIENCE) as other:
        make(http, "before")
        start = version(http)
        with unread(server, start) as line:
            # First more than the buffers of a connection hold.
            for name in made:
                make(http, name, "x" * 200_000 if name.startswith("large") else "")
            early = events(line)
        seen = str(early[-1]["object"]["metadata"]["resourceVersion"])
        query = {"watch": "1", "resourceVersion": seen, "timeoutSeconds": "1"}
        late = [json.loads(text) for text in http.get(MAPS, params=query).iter_lines()]
        assert early and late
        assert sorted(names(early) + names(late)) == sorted(made)
        assert http.delete(MAPS).status_code == 200

        gone = json.loads(first_line(http, MAPS, watch="1", resourceVersion=start))
        assert (gone["type"], gone["object"]["code"], gone["object"]["reason"]) == ("ERROR", 410, "Expired")
        refused = http.get(f"/api/v1/workflow-events/{SPACE}", params={"listOptions.resourceVersion": start})
        assert (refused.status_code, refused.json()["code"]) == (400, 3), refused.text

        query = {"watch": "1", "resourceVersion": version(http)}
        with http.stream("GET", MAPS, params=query) as answer:
            make(other, "after")
            told = json.loads(next(answer.iter_lines()))
        assert (told["type"], told["object"]["metadata"]["name"]) == ("ADDED", "after")
