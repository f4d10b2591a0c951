"""Kubernetes' protobuf bodies, and acting as somebody else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.auth.impersonation import impersonated
from tiphys.entrypoints.server.kube.protobuf import MAGIC, UnreadableError, decode
from tiphys.errors import ForbiddenError, UsageError
from tiphys.ports.identity import OWNER, Access, Principal, service_account

Part = int | str | bytes | Sequence[tuple[int, object]]


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def message(*fields: tuple[int, object]) -> bytes:
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value & (1 << 64) - 1)
            continue
        data = value.encode() if isinstance(value, str) else value
        assert isinstance(data, bytes)
        out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def body(version: str, kind: str, *fields: tuple[int, object]) -> bytes:
    return MAGIC + message((1, message((1, version), (2, kind))), (2, message(*fields)), (3, ""), (4, ""))


META = message((1, "a"), (3, "argo"), (8, message()), (11, message((1, "team"), (2, "x"))))
METADATA = {"name": "a", "namespace": "argo", "labels": {"team": "x"}}


def test_objects_are_read_as_their_json_would_be() -> None:
    secret = body("v1", "Secret", (1, META), (2, message((1, "k"), (2, b"\x00\xff"))), (3, "Opaque"), (5, 1))
    assert decode(secret) == {
        "apiVersion": "v1", "kind": "Secret", "metadata": METADATA, "data": {"k": "AP8="}, "type": "Opaque",
        "immutable": True,
    }  # fmt: skip
    rule = message((1, "get"), (1, "list"), (2, ""), (3, "pods"))
    role = body("rbac.authorization.k8s.io/v1", "Role", (1, META), (2, rule), (2, rule))
    wanted = {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]}
    assert decode(role)["rules"] == [wanted, wanted]
    spec = message((1, message((1, "argo"), (2, "create"), (3, "argoproj.io"), (5, "workflows"), (7, ""))))
    review = decode(body("authorization.k8s.io/v1", "SelfSubjectAccessReview", (2, spec)))
    attributes = {"namespace": "argo", "verb": "create", "group": "argoproj.io", "resource": "workflows"}
    assert review["spec"] == {"resourceAttributes": attributes}
    token = decode(body("authentication.k8s.io/v1", "TokenRequest", (2, message((4, 3600), (9, "new")))))
    assert token["spec"] == {"expirationSeconds": 3600}
    assert decode(body("v1", "DeleteOptions", (1, -1)))["gracePeriodSeconds"] == -1


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", MAGIC, MAGIC + b"\x0a", body("v1", "Pod"), body("v1", "Secret")[:-9], MAGIC + b"\xff" * 40,
     body("v1", "Secret", (1, 3)), body("v1", "Secret", (1, message((1, b"\xff"))))],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        decode(data)


@given(st.binary(max_size=200))
def test_no_body_does_harm(data: bytes) -> None:
    for prefix in (MAGIC, body("v1", "ConfigMap")):
        try:
            assert decode(prefix + data)["kind"]
        except UnreadableError:
            continue


class Ana:
    """Ana may act as Bob and as one ServiceAccount."""

    allowed_to = (("users", "", "bob"), ("serviceaccounts", "argo", "robot"))

    def allowed(self, principal: Principal, access: Access) -> bool:
        wanted = (access.resource, access.namespace, access.name)
        return principal.name == "ana" and access.verb == "impersonate" and wanted in self.allowed_to

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        return ()


def test_acting_as_somebody_else_needs_the_right() -> None:
    ana, rules = Principal(name="ana"), Ana()
    assert impersonated(rules, ana, {}) is ana
    assert impersonated(rules, ana, {"impersonate-user": "bob"}).name == "bob"
    robot = impersonated(rules, ana, {"impersonate-user": "system:serviceaccount:argo:robot"})
    assert robot == service_account("argo", "robot")
    for headers in (
        {"impersonate-user": "cora"},
        {"impersonate-user": "system:serviceaccount:argo:other"},
        {"impersonate-user": "bob", "impersonate-group": "system:masters"},
    ):
        with pytest.raises(ForbiddenError, match="cannot impersonate"):
            impersonated(rules, ana, headers)
    with pytest.raises(UsageError):
        impersonated(rules, OWNER, {"impersonate-group": "system:masters"})
    assert not impersonated(rules, ana, {"impersonate-user": "bob"}).unrestricted
