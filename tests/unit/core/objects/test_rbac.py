from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.default_roles import default_cluster_roles
from tiphys.core.objects.rbac import Wanted, allowed, rule_allows

ACCOUNT = "system:serviceaccount:argo:builder"
GROUPS = ("system:serviceaccounts", "system:serviceaccounts:argo", "system:authenticated")


def rule(verbs: str, resources: str, groups: str = "", names: str = "") -> JsonObject:
    made: JsonObject = {"verbs": [*verbs.split()], "resources": [*resources.split()], "apiGroups": [*groups.split(",")]}
    if names:
        made["resourceNames"] = [*names.split()]
    return made


class Given(Struct):
    roles: dict[tuple[str, str], JsonObject] = field(default_factory=dict)
    clusters: dict[str, JsonObject] = field(default_factory=dict)
    bindings: dict[str, list[JsonObject]] = field(default_factory=dict)
    cluster_bindings: list[JsonObject] = field(default_factory=list)

    def role(self, namespace: str, name: str) -> JsonObject | None:
        return self.roles.get((namespace, name))

    def cluster_role(self, name: str) -> JsonObject | None:
        return self.clusters.get(name)

    def cluster_roles(self) -> Sequence[JsonObject]:
        return list(self.clusters.values())

    def role_bindings(self, namespace: str) -> Sequence[JsonObject]:
        return self.bindings.get(namespace, [])

    def cluster_role_bindings(self) -> Sequence[JsonObject]:
        return self.cluster_bindings


def binding(kind: str, name: str, *subjects: JsonObject) -> JsonObject:
    return {"roleRef": {"kind": kind, "name": name}, "subjects": list(subjects)}


def account(name: str, namespace: str | None = None) -> JsonObject:
    subject: JsonObject = {"kind": "ServiceAccount", "name": name}
    if namespace is not None:
        subject["namespace"] = namespace
    return subject


CREATE_JOB = Wanted(verb="create", group="batch", resource="jobs", namespace="argo")


@pytest.mark.parametrize(
    ("given", "wanted", "holds"),
    [
        (rule("create", "jobs", "batch"), CREATE_JOB, True),
        (rule("get", "jobs", "batch"), CREATE_JOB, False),
        (rule("create", "jobs"), CREATE_JOB, False),
        (rule("create", "pods", "batch"), CREATE_JOB, False),
        (rule("*", "*", "*"), CREATE_JOB, True),
        (rule("create", "jobs", "apps,batch"), CREATE_JOB, True),
        (rule("create", "jobs", "batch", "a"), CREATE_JOB, False),
        (rule("get", "jobs", "batch", "a b"), Wanted(verb="get", group="batch", resource="jobs", name="b"), True),
        (rule("get", "jobs", "batch", "a"), Wanted(verb="get", group="batch", resource="jobs", name="b"), False),
        (rule("list", "jobs", "batch", "a"), Wanted(verb="list", group="batch", resource="jobs"), False),
        (rule("get", "pods"), Wanted(verb="get", group="", resource="pods/log"), False),
        (rule("get", "pods/log"), Wanted(verb="get", group="", resource="pods/log"), True),
        (rule("get", "*/log"), Wanted(verb="get", group="", resource="pods/log"), True),
        (rule("get", "*/log"), Wanted(verb="get", group="", resource="pods"), False),
        (rule("get", "*"), Wanted(verb="get", group="", resource="pods/log"), True),
        ({}, CREATE_JOB, False),
        ({"verbs": "create", "apiGroups": ["batch"], "resources": ["jobs"]}, CREATE_JOB, False),
    ],
)
def test_a_rule_allows_what_it_names(given: JsonObject, wanted: Wanted, holds: bool) -> None:
    assert rule_allows(given, wanted) is holds


def test_nobody_may_do_anything_without_a_binding() -> None:
    given = Given(roles={("argo", "maker"): {"rules": [rule("create", "jobs", "batch")]}})
    assert allowed(ACCOUNT, GROUPS, CREATE_JOB, given) is False


@pytest.mark.parametrize(
    ("subject", "holds"),
    [
        (account("builder"), True),
        (account("builder", "argo"), True),
        (account("builder", "other"), False),
        (account("default"), False),
        ({"kind": "User", "name": ACCOUNT}, True),
        ({"kind": "User", "name": "builder"}, False),
        ({"kind": "Group", "name": "system:serviceaccounts:argo"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:other"}, False),
        ({"kind": "Robot", "name": "builder"}, False),
    ],
)
def test_role_binding_is_for_its_subjects(subject: JsonObject, holds: bool) -> None:
    given = Given(
        roles={("argo", "maker"): {"rules": [rule("create", "jobs", "batch")]}},
        bindings={"argo": [binding("Role", "maker", subject)]},
    )
    assert allowed(ACCOUNT, GROUPS, CREATE_JOB, given) is holds


def test_role_binding_is_for_its_namespace() -> None:
    given = Given(
        clusters={"maker": {"rules": [rule("create", "jobs", "batch")]}},
        bindings={"argo": [binding("ClusterRole", "maker", account("builder"))]},
    )
    assert allowed(ACCOUNT, GROUPS, CREATE_JOB, given) is True
    elsewhere = Wanted(verb="create", group="batch", resource="jobs", namespace="other")
    assert allowed(ACCOUNT, GROUPS, elsewhere, given) is False
    everywhere = Wanted(verb="create", group="batch", resource="jobs")
    assert allowed(ACCOUNT, GROUPS, everywhere, given) is False


def test_cluster_role_binding_is_for_everywhere() -> None:
    given = Given(
        clusters={"maker": {"rules": [rule("create", "jobs", "batch")]}},
        cluster_bindings=[binding("ClusterRole", "maker", account("builder", "argo"))],
    )
    assert allowed(ACCOUNT, GROUPS, Wanted(verb="create", group="batch", resource="jobs", namespace="x"), given) is True
    assert allowed("somebody", (), CREATE_JOB, given) is False


def test_dangling_and_broken_bindings_give_nothing() -> None:
    given = Given(
        bindings={"argo": [binding("Role", "gone", account("builder")), {"subjects": [account("builder")]}]},
        cluster_bindings=[binding("Role", "maker", account("builder", "argo"))],
        roles={("argo", "maker"): {"rules": [rule("create", "jobs", "batch")]}},
    )
    assert allowed(ACCOUNT, GROUPS, CREATE_JOB, given) is False


def test_aggregated_roles_have_the_rules_of_the_selected_ones() -> None:
    given = Given(
        clusters={
            "all": {
                "aggregationRule": {
                    "clusterRoleSelectors": [
                        {"matchLabels": {"to": "all"}},
                        {"matchExpressions": [{"key": "extra", "operator": "Exists"}]},
                    ]
                }
            },
            "jobs": {"metadata": {"labels": {"to": "all"}}, "rules": [rule("create", "jobs", "batch")]},
            "pods": {"metadata": {"labels": {"extra": ""}}, "rules": [rule("get", "pods")]},
            "secrets": {"metadata": {"labels": {"to": "none"}}, "rules": [rule("get", "secrets")]},
        },
        bindings={"argo": [binding("ClusterRole", "all", account("builder"))]},
    )
    wanted = {
        resource: allowed(ACCOUNT, GROUPS, Wanted(verb="get", group="", resource=resource, namespace="argo"), given)
        for resource in ("pods", "secrets")
    }
    assert wanted == {"pods": True, "secrets": False}
    assert allowed(ACCOUNT, GROUPS, CREATE_JOB, given) is True


@pytest.mark.parametrize(
    ("role", "wanted", "holds"),
    [
        ("cluster-admin", Wanted(verb="delete", group="x.io", resource="things", namespace="argo"), True),
        ("admin", Wanted(verb="create", group="rbac.authorization.k8s.io", resource="roles", namespace="argo"), True),
        ("edit", Wanted(verb="create", group="rbac.authorization.k8s.io", resource="roles", namespace="argo"), False),
        ("edit", Wanted(verb="create", group="argoproj.io", resource="workflows", namespace="argo"), True),
        ("view", Wanted(verb="get", group="argoproj.io", resource="workflows", namespace="argo"), True),
        ("view", Wanted(verb="create", group="argoproj.io", resource="workflows", namespace="argo"), False),
        ("view", Wanted(verb="get", group="", resource="secrets", namespace="argo"), False),
    ],
)
def test_default_roles(role: str, wanted: Wanted, holds: bool) -> None:
    given = Given(
        clusters=default_cluster_roles(), bindings={"argo": [binding("ClusterRole", role, account("builder"))]}
    )
    assert allowed(ACCOUNT, GROUPS, wanted, given) is holds
