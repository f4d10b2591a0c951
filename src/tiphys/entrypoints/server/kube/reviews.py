"""What somebody may do, and who they are (``kubectl auth can-i``, ``kubectl auth whoami``)."""

from __future__ import annotations

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.meta import text
from tiphys.core.objects.rbac import allows_path
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.errors import UsageError
from tiphys.ports.identity import Access

#: Versions of SelfSubjectReview: kubectl from before 1.28 asks for the older ones only.
IDENTITY_VERSIONS = ("v1", "v1beta1", "v1alpha1")


def access(parts: Parts, call: Call) -> Answer:
    """A SelfSubjectAccessReview."""
    review = call.json()
    spec = review.get("spec")
    wanted = spec.get("resourceAttributes") if isinstance(spec, dict) else None
    if not isinstance(wanted, dict):
        path = spec.get("nonResourceAttributes") if isinstance(spec, dict) else None
        if not isinstance(path, dict):
            raise UsageError("spec.resourceAttributes: Required value")
        given = parts.authorizer.rules(call.principal, "")
        open_to = any(allows_path(rule, text(path, "verb"), text(path, "path")) for rule in given)
        return _made(review, "authorization.k8s.io/v1", "SelfSubjectAccessReview", {"allowed": open_to})
    resource, subresource = text(wanted, "resource"), text(wanted, "subresource")
    asked = Access(
        verb=text(wanted, "verb"),
        resource=f"{resource}/{subresource}" if subresource else resource,
        group=text(wanted, "group"),
        namespace=text(wanted, "namespace"),
        name=text(wanted, "name"),
    )
    allowed = parts.authorizer.allowed(call.principal, asked)
    return _made(review, "authorization.k8s.io/v1", "SelfSubjectAccessReview", {"allowed": allowed})


def rules(parts: Parts, call: Call) -> Answer:
    """A SelfSubjectRulesReview: everything that the caller may do in a namespace."""
    review = call.json()
    spec = review.get("spec")
    namespace = text(spec, "namespace") if isinstance(spec, dict) else ""
    found = parts.authorizer.rules(call.principal, namespace)
    status: JsonObject = {
        "resourceRules": [dict(rule) for rule in found if rule.get("resources")],
        "nonResourceRules": [dict(rule) for rule in found if rule.get("nonResourceURLs")],
        "incomplete": False,
    }
    return _made(review, "authorization.k8s.io/v1", "SelfSubjectRulesReview", status)


def identity(_parts: Parts, call: Call) -> Answer:
    """A SelfSubjectReview, in the version that was sent."""
    groups: list[JsonValue] = [*call.principal.groups]
    user: JsonObject = {"username": call.principal.name, "groups": groups}
    review = call.json()
    asked = text(review, "apiVersion")
    known = {f"authentication.k8s.io/{version}" for version in IDENTITY_VERSIONS}
    version = asked if asked in known else "authentication.k8s.io/v1"
    return _made(review, version, "SelfSubjectReview", {"userInfo": user})


def _made(review: JsonObject, version: str, kind: str, status: JsonObject) -> Answer:
    metadata: JsonObject = {"creationTimestamp": None}
    return Answer(
        status=201,
        json={"metadata": metadata, **review, "apiVersion": version, "kind": kind, "status": status},
    )
