"""Ids of traces and spans, which follow from the ids of workflows and nodes (``spec/features.md`` 32).

So a span that is sent twice is one span, and what runs in a pod can be told its span before that is sent.
"""

from __future__ import annotations

from hashlib import sha256


def traceparent(uid: str, node: str) -> str:
    """The variable ``TRACEPARENT`` of the pod of a node, as W3C's Trace Context has it.

    >>> traceparent("0f8fad5b-d9cb-469f-a165-70867728950e", "wf-1")
    '00-0f8fad5bd9cb469fa16570867728950e-3561655b18ceb86d-01'
    """
    return f"00-{trace_id(uid):032x}-{span_id(uid, node):016x}-01"


def trace_id(uid: str) -> int:
    """The trace of a workflow: its uid, which has as many bits, without the dashes.

    >>> f"{trace_id('0f8fad5b-d9cb-469f-a165-70867728950e'):x}"
    'f8fad5bd9cb469fa16570867728950e'
    """
    plain = uid.replace("-", "")
    if len(plain) == 32 and all(letter in "0123456789abcdef" for letter in plain):
        return int(plain, 16)
    return int.from_bytes(sha256(uid.encode()).digest()[:16], "big")


def span_id(uid: str, node: str) -> int:
    """The span of a node; of the workflow itself where there is no node."""
    return int.from_bytes(sha256(f"{uid}/{node}".encode()).digest()[:8], "big")
