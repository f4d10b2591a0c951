"""The fields of Kubernetes' own kinds as OpenAPI schemas, as far as Tiphys reads them (``kubectl explain``).

What a manifest of Argo holds too (containers, volumes, claims) is told by the model, to which these refer by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue


class Type(Struct, frozen=True):
    """The type of a field: one of OpenAPI's, a record of the model, or own fields; alone, a list or a mapping."""

    text: str = ""
    name: str = "string"
    model: str = ""
    fields: Mapping[str, Type] | None = None
    many: str = ""

    def schema(self) -> JsonObject:
        """The schema of a value."""
        own = self._one()
        if self.many == "list":
            own = {"type": "array", "items": own}
        if self.many == "map":
            own = {"type": "object", "additionalProperties": own}
        # A reference has nothing beside it in OpenAPI 3.0, so what is said of it stands around it.
        return {"allOf": [own], "description": self.text} if "$ref" in own else {**own, "description": self.text}

    def _one(self) -> JsonObject:
        if self.model:
            return {"$ref": f"#/components/schemas/{self.model}"}
        if self.fields is not None:
            return {"type": "object", "properties": properties(self.fields)}
        return {"type": self.name}


def properties(fields: Mapping[str, Type]) -> JsonObject:
    """The schemas of fields."""
    return {name: field.schema() for name, field in fields.items()}


def _texts(text: str, many: str = "list") -> Type:
    return Type(text, many=many)


def _number(text: str) -> Type:
    return Type(text, "integer")


def _switch(text: str) -> Type:
    return Type(text, "boolean")


_TOP: Final = {
    "apiVersion": Type("Group and version of the kind."),
    "kind": Type("The kind of object."),
    "metadata": Type("Name, namespace, labels, annotations and owners.", model="ObjectMeta"),
}
_IMMUTABLE: Final = _switch("Whether the data may never change.")
_RULES: Final = {
    "verbs": _texts("What may be done; * is everything."),
    "apiGroups": _texts("The groups of the resources; the core group is empty."),
    "resources": _texts("What it may be done to."),
    "resourceNames": _texts("The only objects for which it holds; all when there are none."),
    "nonResourceURLs": _texts("Paths that are no resources."),
}
_ROLE: Final = {"rules": Type("What is allowed.", fields=_RULES, many="list")}
_SUBJECTS: Final = {
    "kind": Type("User, Group or ServiceAccount."),
    "apiGroup": Type("The group of the kind; empty for ServiceAccount."),
    "name": Type("Who it is."),
    "namespace": Type("The namespace of a ServiceAccount."),
}
_ROLE_REF: Final = {
    "apiGroup": Type("rbac.authorization.k8s.io"),
    "kind": Type("Role or ClusterRole."),
    "name": Type("The name of the role."),
}
_BINDING: Final = {
    "subjects": Type("Who gets the rights.", fields=_SUBJECTS, many="list"),
    "roleRef": Type("The role that says which rights.", fields=_ROLE_REF),
}
_POD_SPEC: Final = {
    "containers": Type("What runs.", model="Container", many="list"),
    "initContainers": Type("What runs before, one after the other.", model="Container", many="list"),
    "volumes": Type("What can be mounted.", model="Volume", many="list"),
    "hostAliases": Type("More lines of /etc/hosts.", model="HostAlias", many="list"),
    "imagePullSecrets": Type("Secrets for registries.", model="LocalObjectReference", many="list"),
    "securityContext": Type("Users, groups and rights of all containers.", model="PodSecurityContext"),
    "restartPolicy": Type("Always, OnFailure or Never."),
    "serviceAccountName": Type("The account with whose rights the pod acts."),
    "activeDeadlineSeconds": _number("Seconds after which the pod is ended."),
    "terminationGracePeriodSeconds": _number("Seconds between the signal to end and the kill."),
    "nodeSelector": _texts("Labels of the node; there is one node.", "map"),
}
_POD_STATUS: Final = {
    "phase": Type("Pending, Running, Succeeded or Failed."),
    "message": Type("Why it is so, for a person."),
    "reason": Type("Why it is so, in a word."),
    "podIP": Type("The address of the pod."),
    "startTime": Type("When it was taken up."),
}
_TEMPLATE: Final = {
    "metadata": Type("Labels and annotations of the pods.", model="ObjectMeta"),
    "spec": Type("What the pods are.", fields=_POD_SPEC),
}
_JOB_SPEC: Final = {
    "template": Type("The pods.", fields=_TEMPLATE),
    "parallelism": _number("How many pods run at once."),
    "completions": _number("How many pods have to succeed."),
    "backoffLimit": _number("How many pods may fail."),
    "activeDeadlineSeconds": _number("Seconds after which the Job is ended."),
    "ttlSecondsAfterFinished": _number("Seconds after its end when it is deleted."),
    "suspend": _switch("Whether no pods are made for now."),
}
_JOB_STATUS: Final = {
    "active": _number("How many pods run."),
    "succeeded": _number("How many have succeeded."),
    "failed": _number("How many have failed."),
    "startTime": Type("When it was taken up."),
    "completionTime": Type("When it had succeeded."),
}
_OBJECT: Final = {
    "apiVersion": Type("Group and version of its kind."),
    "kind": Type("Its kind."),
    "namespace": Type("Its namespace."),
    "name": Type("Its name."),
    "uid": Type("Its uid."),
}
_KINDS: Final[Mapping[str, Mapping[str, Type]]] = {
    "ConfigMap": {
        "data": _texts("Texts by key.", "map"),
        "binaryData": _texts("Bytes by key, in base64.", "map"),
        "immutable": _IMMUTABLE,
    },
    "Secret": {
        "data": _texts("Values by key, in base64.", "map"),
        "stringData": _texts("Values by key as texts; only written, never read.", "map"),
        "type": Type("What the values are for."),
        "immutable": _IMMUTABLE,
    },
    "ServiceAccount": {
        "secrets": Type("Secrets of the account.", fields=_OBJECT, many="list"),
        "imagePullSecrets": Type("Secrets for registries.", model="LocalObjectReference", many="list"),
        "automountServiceAccountToken": _switch("Whether its pods get a token."),
    },
    "PersistentVolumeClaim": {
        "spec": Type("What is wanted.", model="PersistentVolumeClaimSpec"),
        "status": Type("What was given.", model="PersistentVolumeClaimStatus"),
    },
    "Pod": {"spec": Type("What the pod is.", fields=_POD_SPEC), "status": Type("How it goes.", fields=_POD_STATUS)},
    "Event": {
        "involvedObject": Type("What it is about.", fields=_OBJECT),
        "reason": Type("What happened, in a word."),
        "message": Type("What happened, for a person."),
        "type": Type("Normal or Warning."),
        "count": _number("How often it happened."),
        "firstTimestamp": Type("When it happened first."),
        "lastTimestamp": Type("When it happened last."),
    },
    "Job": {"spec": Type("What the Job is.", fields=_JOB_SPEC), "status": Type("How it goes.", fields=_JOB_STATUS)},
    "Role": _ROLE,
    "ClusterRole": _ROLE,
    "RoleBinding": _BINDING,
    "ClusterRoleBinding": _BINDING,
}


def core_schema(kind: str) -> JsonObject:
    """The schema of a kind of Kubernetes; of one that nobody looks into, what every object has."""
    found: dict[str, JsonValue] = properties({**_TOP, **_KINDS.get(kind, {})})
    return {"type": "object", "properties": found}
