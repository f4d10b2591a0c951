"""What a probe or a hook does, in a child of the supervisor that may block and may be killed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence

from tiphys.adapters.supervisor.records import Action

_WELL = 0
_BADLY = 1
_HEAD = 4096


def perform(action: Action, enter: Callable[[Sequence[str]], int], pod: str, timeout: float) -> int:
    """Do the action; 0 if it went well.  ``pod`` is the pod's address, used where the action names no host."""
    if action.command:
        _silence()
        return enter(action.command)
    if action.address is None:
        return _BADLY
    host, port = action.address
    try:
        with socket.create_connection((host or pod or "127.0.0.1", port), timeout) as line:
            if action.url is None:
                return _WELL
            return _get(line, action, host or pod or "127.0.0.1")
    except (OSError, ValueError):
        return _BADLY


def _get(line: socket.socket, action: Action, host: str) -> int:
    """Ask with GET; every status from 200 to 399 is well, and certificates are not checked, as kubelets do it."""
    if action.tls:
        import ssl

        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        line = context.wrap_socket(line, server_hostname=host)
    headers = {"Host": host, "User-Agent": "tiphys-probe", "Accept": "*/*", "Connection": "close"}
    headers |= dict(action.headers)
    lines = [f"GET {action.url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    line.sendall("\r\n".join(lines).encode())
    said = b""
    while b"\n" not in said and len(said) < _HEAD:
        data = line.recv(_HEAD)
        if not data:
            break
        said += data
    words = said.split(None, 2)
    return _WELL if len(words) > 1 and words[1].isdigit() and 200 <= int(words[1]) < 400 else _BADLY


def _silence() -> None:
    """What a probe prints is nobody's log."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
