"""Objects of any kind on behalf of somebody: Kubernetes' semantics and texts."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.selectors import parse_selector
from tiphys.core.objects.status import kubectl_text, reason_of
from tiphys.errors import (
    AlreadyExistsError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidObjectError,
    NotFoundError,
    TiphysError,
    UsageError,
)
from tiphys.ports.identity import OWNER, service_account
from tiphys.ports.objects import JSON, MERGE, STRATEGIC, DeleteOptions, Listing, ObjectRef
from tiphys.testing.clock import VirtualClock

BUILDER = service_account("argo", "builder")


class Cluster:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.removed: list[str] = []
        collector = Collector(self.store, [lambda stored: self.removed.append(stored.key.name)])
        self.objects = LocalObjects(self.store, self.clock, StoredRights(self.store), collector)

    def kind(self, word: str) -> Kind:
        found = self.objects.catalogue().find(word)
        assert found is not None
        return found

    def ref(self, word: str, name: str, namespace: str = "argo") -> ObjectRef:
        return ObjectRef(self.kind(word), namespace, name)

    def create(self, kind: str, name: str, api_version: str = "v1", **rest: JsonValue) -> JsonObject:
        return self.objects.create(OWNER, manifest(kind, name, api_version, **rest), "argo")

    def names(self, word: str, **options: object) -> list[str]:
        found = self.objects.list(OWNER, Listing(kind=self.kind(word), **options))  # type: ignore[arg-type]
        return [str(at(item, "metadata", "name")) for item in found.items]


def manifest(kind: str, name: str, api_version: str = "v1", **rest: JsonValue) -> JsonObject:
    metadata = rest.pop("metadata", {})
    assert isinstance(metadata, dict)
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **metadata}, **rest}


def at(item: JsonValue, *path: str) -> JsonValue:
    for key in path:
        assert isinstance(item, dict)
        item = item.get(key)
    return item


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


class TestCreating:
    def test_server_fills_in_the_metadata(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a", data={"x": "1"}, metadata={"uid": "mine", "labels": {"l": "1"}})
        assert made == {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "a",
                "namespace": "argo",
                "labels": {"l": "1"},
                "uid": "00000000-0000-4000-8000-000000000001",
                "creationTimestamp": "2026-01-05T09:00:00Z",
                "generation": 1,
                "resourceVersion": "1",
            },
            "data": {"x": "1"},
        }
        assert cluster.objects.get(OWNER, cluster.ref("cm", "a")) == made

    def test_generated_names_differ(self, cluster: Cluster) -> None:
        wanted: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "g-"}}
        names = {str(at(cluster.objects.create(OWNER, wanted, "argo"), "metadata", "name")) for _ in range(3)}
        assert len(names) == 3
        assert all(name.startswith("g-") and len(name) == 7 for name in names)

    def test_name_is_taken_once(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a")
        with pytest.raises(AlreadyExistsError) as caught:
            cluster.create("ConfigMap", "a")
        assert kubectl_text(caught.value) == 'Error from server (AlreadyExists): configmaps "a" already exists'

    def test_given_uid_makes_creating_idempotent(self, cluster: Cluster) -> None:
        first = cluster.objects.create(OWNER, manifest("ConfigMap", "a"), "argo", uid="u")
        assert cluster.objects.create(OWNER, manifest("ConfigMap", "a"), "argo", uid="u") == first
        with pytest.raises(AlreadyExistsError):
            cluster.objects.create(OWNER, manifest("ConfigMap", "a"), "argo", uid="v")

    def test_kinds_of_the_cluster_have_no_namespace(self, cluster: Cluster) -> None:
        made = cluster.create("ClusterRole", "a:b", "rbac.authorization.k8s.io/v1", rules=[])
        assert "namespace" not in (at(made, "metadata") or {})  # type: ignore[operator]
        assert cluster.objects.get(OWNER, cluster.ref("clusterrole", "a:b", "ignored")) == made

    def test_any_kind_is_kept_as_it_is(self, cluster: Cluster) -> None:
        made = cluster.create("Widget", "w", "example.com/v1beta1", spec={"size": 3}, status={"phase": "New"})
        assert (made["spec"], made["status"]) == ({"size": 3}, {"phase": "New"})
        assert cluster.kind("widgets.example.com").qualified == "widgets.example.com"
        assert cluster.names("widget") == ["w"]

    def test_definitions_say_how_a_kind_is_called(self, cluster: Cluster) -> None:
        spec: JsonObject = {
            "group": "example.com",
            "scope": "Cluster",
            "names": {"kind": "Ox", "plural": "oxen", "shortNames": ["o"]},
            "versions": [{"name": "v2", "storage": True}],
        }
        cluster.create("CustomResourceDefinition", "oxen.example.com", "apiextensions.k8s.io/v1", spec=spec)
        made = cluster.create("Ox", "bill", "example.com/v2")
        assert "namespace" not in (at(made, "metadata") or {})  # type: ignore[operator]
        assert cluster.kind("o").api_version == "example.com/v2"
        assert cluster.names("oxen") == ["bill"]

    @pytest.mark.parametrize(
        ("wanted", "error", "text"),
        [
            ({"kind": "ConfigMap"}, UsageError, "Object 'apiVersion' is missing"),
            ({"apiVersion": "v1"}, UsageError, "Object 'Kind' is missing"),
            ({"apiVersion": "v1", "kind": "ConfigMap"}, InvalidObjectError, "name or generateName is required"),
            (
                manifest("ConfigMap", "A_b"),
                InvalidObjectError,
                'ConfigMap "A_b" is invalid: metadata.name: Invalid value',
            ),
            (manifest("ConfigMap", "a" * 254), InvalidObjectError, "must be no more than 253 characters"),
            (manifest("ConfigMap", "../up"), InvalidObjectError, "RFC 1123"),
            (manifest("ConfigMap", "a", data={"x": 1}), InvalidObjectError, "must be a string"),
            (manifest("ConfigMap", "a", data={"x/y": "1"}), InvalidObjectError, "a valid config key"),
            (manifest("Secret", "a", data={"x": "%"}), InvalidObjectError, "illegal base64 data"),
            (manifest("Job", "a", "batch/v1", spec={}), InvalidObjectError, 'Job.batch "a" is invalid'),
            (manifest("Role", "a", "rbac.authorization.k8s.io/v1", rules=[{}]), InvalidObjectError, "verbs"),
            (manifest("RoleBinding", "a", "rbac.authorization.k8s.io/v1"), InvalidObjectError, "roleRef"),
        ],
    )
    def test_wrong_objects_are_refused(
        self, cluster: Cluster, wanted: JsonObject, error: type[TiphysError], text: str
    ) -> None:
        with pytest.raises(error) as caught:
            cluster.objects.create(OWNER, wanted, "argo")
        assert text in caught.value.message

    def test_string_data_of_secrets_is_encoded(self, cluster: Cluster) -> None:
        made = cluster.create("Secret", "s", data={"a": "MQ=="}, stringData={"b": "zwei"})
        assert made["data"] == {"a": "MQ==", "b": base64.b64encode(b"zwei").decode()}
        assert made["type"] == "Opaque"
        assert "stringData" not in made


class TestListing:
    def test_labels_fields_and_namespaces(self, cluster: Cluster) -> None:
        for number, namespace in enumerate(["argo", "argo", "other"]):
            item = manifest("ConfigMap", f"c{number}", metadata={"labels": {"n": str(number)}}, phase=f"p{number}")
            cluster.objects.create(OWNER, item, namespace)
        assert cluster.names("cm") == ["c2", "c1", "c0"]
        assert cluster.names("cm", namespace="argo") == ["c1", "c0"]
        assert cluster.names("cm", labels=parse_selector("n notin (1)")) == ["c2", "c0"]
        assert cluster.names("cm", fields=parse_selector("metadata.name=c1")) == ["c1"]
        assert cluster.names("cm", fields=parse_selector("metadata.name!=c1,phase=p0")) == ["c0"]
        assert cluster.names("cm", fields=parse_selector("status.nothing=")) == ["c2", "c1", "c0"]

    def test_pages(self, cluster: Cluster) -> None:
        for number in range(5):
            cluster.create("ConfigMap", f"c{number}")
        page = cluster.objects.list(OWNER, Listing(kind=cluster.kind("cm"), limit=3))
        rest = cluster.objects.list(OWNER, Listing(kind=cluster.kind("cm"), limit=3, after=page.next))
        assert [at(item, "metadata", "name") for item in [*page.items, *rest.items]] == ["c4", "c3", "c2", "c1", "c0"]
        assert rest.next is None


class TestChanging:
    def test_update_keeps_what_the_server_gave(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a", data={"x": "1"})
        wanted = manifest("ConfigMap", "a", data={"x": "2"}, metadata={"uid": "other", "labels": {"l": "1"}})
        updated = cluster.objects.update(OWNER, wanted, "argo")
        assert at(updated, "metadata", "uid") == at(made, "metadata", "uid")
        assert at(updated, "metadata", "generation") == 2
        assert at(updated, "metadata", "labels") == {"l": "1"}
        assert updated["data"] == {"x": "2"}

    def test_labels_do_not_count_as_a_generation(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a")
        changed = cluster.objects.patch(OWNER, cluster.ref("cm", "a"), {"metadata": {"labels": {"x": "1"}}}, MERGE)
        assert at(changed, "metadata", "generation") == 1
        assert cluster.names("cm", labels=parse_selector("x=1")) == ["a"]

    def test_old_version_is_a_conflict(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a", data={"x": "1"})
        newer = cluster.objects.update(OWNER, {**made, "data": {"x": "2"}}, "argo")
        with pytest.raises(ConflictError) as caught:
            cluster.objects.update(OWNER, {**made, "data": {"x": "3"}}, "argo")
        assert kubectl_text(caught.value) == (
            'Error from server (Conflict): Operation cannot be fulfilled on configmaps "a": the object has been '
            "modified; please apply your changes to the latest version and try again"
        )
        assert cluster.objects.get(OWNER, cluster.ref("cm", "a")) == newer

    def test_unchanged_object_is_not_written(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a", data={"x": "1"})
        assert cluster.objects.update(OWNER, made, "argo") == made
        assert cluster.objects.patch(OWNER, cluster.ref("cm", "a"), {"data": {"x": "1"}}, MERGE) == made

    def test_name_cannot_be_changed(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a")
        patch: JsonObject = {"metadata": {"name": "b", "namespace": "c", "uid": "d", "resourceVersion": None}}
        assert cluster.objects.patch(OWNER, cluster.ref("cm", "a"), patch, MERGE) == made

    def test_json_patch(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a", data={"x": "1"})
        patch: JsonValue = [{"op": "add", "path": "/data/y", "value": "2"}]
        assert cluster.objects.patch(OWNER, cluster.ref("cm", "a"), patch, JSON)["data"] == {"x": "1", "y": "2"}

    def test_custom_resources_know_no_strategic_merge(self, cluster: Cluster) -> None:
        cluster.create("Widget", "w", "example.com/v1")
        with pytest.raises(UsageError, match="accepted media types"):
            cluster.objects.patch(OWNER, cluster.ref("widget", "w"), {}, STRATEGIC)

    def test_status_is_changed_on_its_own(self, cluster: Cluster) -> None:
        spec: JsonObject = {"template": {"spec": {"containers": [{"name": "a"}], "restartPolicy": "Never"}}}
        cluster.create("Job", "j", "batch/v1", spec=spec)
        ref = cluster.ref("job", "j")
        assert cluster.objects.patch(OWNER, ref, {"status": {"active": 1}}, MERGE)["status"] == {}
        changed = cluster.objects.patch(OWNER, ref, {"status": {"active": 1}, "spec": None}, MERGE, status=True)
        assert changed["status"] == {"active": 1}
        assert at(changed, "spec", "completions") == 1

    def test_immutable_data_stays(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a", data={"x": "1"}, immutable=True)
        with pytest.raises(InvalidObjectError, match="field is immutable when `immutable` is set"):
            cluster.objects.patch(OWNER, cluster.ref("cm", "a"), {"data": {"x": "2"}}, MERGE)

    def test_apply_makes_and_changes(self, cluster: Cluster) -> None:
        cluster.objects.apply(OWNER, manifest("ConfigMap", "a", data={"x": "1", "y": "1"}), "argo")
        cluster.objects.patch(OWNER, cluster.ref("cm", "a"), {"data": {"foreign": "1"}}, MERGE)
        applied = cluster.objects.apply(OWNER, manifest("ConfigMap", "a", data={"x": "2"}), "argo")
        assert applied["data"] == {"x": "2", "foreign": "1"}
        with pytest.raises(UsageError, match="resource name may not be empty"):
            cluster.objects.apply(OWNER, {"apiVersion": "v1", "kind": "ConfigMap"}, "argo")


class TestDeleting:
    def test_deleted_object_is_gone(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a")
        assert cluster.objects.delete(OWNER, cluster.ref("cm", "a")) == made
        with pytest.raises(NotFoundError) as caught:
            cluster.objects.get(OWNER, cluster.ref("cm", "a"))
        assert kubectl_text(caught.value) == 'Error from server (NotFound): configmaps "a" not found'
        assert reason_of(caught.value) == ("NotFound", 404)

    def test_finalizers_keep_an_object_until_they_are_removed(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a", metadata={"finalizers": ["x/y"]})
        ref = cluster.ref("cm", "a")
        cluster.objects.delete(OWNER, ref)
        marked = cluster.objects.get(OWNER, ref)
        assert at(marked, "metadata", "deletionTimestamp") == "2026-01-05T09:00:00Z"
        cluster.objects.delete(OWNER, ref)
        assert cluster.removed == []
        cluster.objects.patch(OWNER, ref, {"metadata": {"finalizers": None}}, MERGE)
        assert cluster.removed == ["a"]
        with pytest.raises(NotFoundError):
            cluster.objects.get(OWNER, ref)

    def owned(self, cluster: Cluster, name: str, *owners: JsonObject) -> JsonObject:
        references: list[JsonValue] = [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "name": at(owner, "metadata", "name"),
                "uid": at(owner, "metadata", "uid"),
            }
            for owner in owners
        ]
        return cluster.create("ConfigMap", name, metadata={"ownerReferences": references})

    def test_dependents_go_with_their_last_owner(self, cluster: Cluster) -> None:
        first, second = cluster.create("ConfigMap", "first"), cluster.create("ConfigMap", "second")
        child = self.owned(cluster, "child", first)
        self.owned(cluster, "grandchild", child)
        self.owned(cluster, "shared", first, second)
        cluster.objects.delete(OWNER, cluster.ref("cm", "first"))
        assert cluster.removed == ["first", "child", "grandchild"]
        shared = cluster.objects.get(OWNER, cluster.ref("cm", "shared"))
        assert [at(item, "name") for item in at(shared, "metadata", "ownerReferences") or []] == ["second"]  # type: ignore[union-attr]
        cluster.objects.delete(OWNER, cluster.ref("cm", "second"))
        assert cluster.names("cm") == []

    def test_orphans_live(self, cluster: Cluster) -> None:
        owner = cluster.create("ConfigMap", "owner")
        self.owned(cluster, "child", owner)
        cluster.objects.delete(OWNER, cluster.ref("cm", "owner"), DeleteOptions(propagation="Orphan"))
        assert cluster.names("cm") == ["child"]
        assert at(cluster.objects.get(OWNER, cluster.ref("cm", "child")), "metadata", "ownerReferences") == []

    def test_preconditions(self, cluster: Cluster) -> None:
        made = cluster.create("ConfigMap", "a")
        for options in (DeleteOptions(uid="other"), DeleteOptions(resource_version="77")):
            with pytest.raises(ConflictError):
                cluster.objects.delete(OWNER, cluster.ref("cm", "a"), options)
        cluster.objects.delete(OWNER, cluster.ref("cm", "a"), DeleteOptions(uid=str(at(made, "metadata", "uid"))))
        assert cluster.names("cm") == []


class TestWatching:
    def test_changes_have_types_and_fit(self, cluster: Cluster) -> None:
        since = cluster.store.version()
        wanted = Listing(kind=cluster.kind("cm"), namespace="argo", labels=parse_selector("x"))
        cluster.create("ConfigMap", "a", metadata={"labels": {"x": "1"}})
        cluster.create("ConfigMap", "b")
        cluster.create("Secret", "s", metadata={"labels": {"x": "1"}})
        cluster.objects.create(OWNER, manifest("ConfigMap", "c", metadata={"labels": {"x": "1"}}), "other")
        changes = cluster.objects.changes(OWNER, wanted, since)
        assert [(change.type, at(change.item, "metadata", "name")) for change in changes.items] == [("ADDED", "a")]
        cluster.objects.patch(OWNER, cluster.ref("cm", "a"), {"metadata": {"labels": {"x": None}}}, MERGE)
        changes = cluster.objects.changes(OWNER, wanted, changes.version)
        assert [(change.type, at(change.item, "metadata", "name")) for change in changes.items] == [("DELETED", "a")]

    def test_deleted_secrets_show_no_values(self, cluster: Cluster) -> None:
        canary = "c4nary-value"
        cluster.objects.apply(OWNER, manifest("Secret", "s", stringData={"key": canary}), "argo")
        since = cluster.store.version()
        cluster.objects.delete(OWNER, cluster.ref("secret", "s"))
        changes = cluster.objects.changes(OWNER, Listing(kind=cluster.kind("secret")), since)
        assert [change.type for change in changes.items] == ["DELETED"]
        text = str(changes.items)
        assert canary not in text
        assert base64.b64encode(canary.encode()).decode() not in text

    def test_expired_versions_are_said(self, cluster: Cluster) -> None:
        for number in range(1001):
            cluster.create("ConfigMap", f"c{number}")
            cluster.objects.delete(OWNER, cluster.ref("cm", f"c{number}"))
        with pytest.raises(ExpiredError) as caught:
            cluster.objects.changes(OWNER, Listing(kind=cluster.kind("cm")), 0)
        assert reason_of(caught.value) == ("Expired", 410)


class TestRights:
    def grant(self, cluster: Cluster, verbs: str, resources: str, group: str = "", names: str = "") -> None:
        rule: JsonObject = {"apiGroups": [group], "resources": [*resources.split()], "verbs": [*verbs.split()]}
        if names:
            rule["resourceNames"] = [*names.split()]
        rbac = "rbac.authorization.k8s.io/v1"
        cluster.create("Role", "r", rbac, rules=[rule])
        subject: JsonObject = {"kind": "ServiceAccount", "name": "builder"}
        role: JsonObject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}
        cluster.create("RoleBinding", "b", rbac, subjects=[subject], roleRef=role)

    def test_nothing_is_allowed_without_a_role(self, cluster: Cluster) -> None:
        cluster.create("ConfigMap", "a")
        ref = cluster.ref("cm", "a")
        calls: dict[str, Callable[[], object]] = {
            "get": lambda: cluster.objects.get(BUILDER, ref),
            "list": lambda: cluster.objects.list(BUILDER, Listing(kind=ref.kind, namespace="argo")),
            "watch": lambda: cluster.objects.changes(BUILDER, Listing(kind=ref.kind, namespace="argo"), 0),
            "create": lambda: cluster.objects.create(BUILDER, manifest("ConfigMap", "b"), "argo"),
            "update": lambda: cluster.objects.update(BUILDER, manifest("ConfigMap", "a"), "argo"),
            "patch": lambda: cluster.objects.patch(BUILDER, ref, {}, MERGE),
            "delete": lambda: cluster.objects.delete(BUILDER, ref),
        }
        for verb, call in calls.items():
            with pytest.raises(ForbiddenError) as caught:
                call()
            assert f"cannot {verb} resource" in caught.value.message

    def test_forbidden_has_the_text_of_kubernetes(self, cluster: Cluster) -> None:
        with pytest.raises(ForbiddenError) as caught:
            cluster.objects.create(BUILDER, manifest("Job", "j", "batch/v1"), "argo")
        assert kubectl_text(caught.value, 'error when creating "/tmp/manifest.yaml"') == (
            'Error from server (Forbidden): error when creating "/tmp/manifest.yaml": jobs.batch is forbidden: User '
            '"system:serviceaccount:argo:builder" cannot create resource "jobs" in API group "batch" in the namespace '
            '"argo"'
        )
        with pytest.raises(ForbiddenError) as caught:
            cluster.objects.patch(BUILDER, cluster.ref("wf", "w"), {}, MERGE)
        assert caught.value.message == (
            'workflows.argoproj.io "w" is forbidden: User "system:serviceaccount:argo:builder" cannot patch resource '
            '"workflows" in API group "argoproj.io" in the namespace "argo"'
        )
        with pytest.raises(ForbiddenError, match="at the cluster scope"):
            cluster.objects.list(BUILDER, Listing(kind=cluster.kind("clusterroles")))

    def test_role_allows_what_it_names(self, cluster: Cluster) -> None:
        self.grant(cluster, "create get", "configmaps")
        cluster.objects.create(BUILDER, manifest("ConfigMap", "a"), "argo")
        ref = cluster.ref("cm", "a")
        assert at(cluster.objects.get(BUILDER, ref), "metadata", "name") == "a"
        with pytest.raises(ForbiddenError):
            cluster.objects.delete(BUILDER, ref)
        with pytest.raises(ForbiddenError):
            cluster.objects.create(BUILDER, manifest("ConfigMap", "a"), "other")

    def test_names_restrict_a_role(self, cluster: Cluster) -> None:
        cluster.create("Secret", "a")
        cluster.create("Secret", "b")
        self.grant(cluster, "get", "secrets", names="a")
        cluster.objects.get(BUILDER, cluster.ref("secret", "a"))
        with pytest.raises(ForbiddenError):
            cluster.objects.get(BUILDER, cluster.ref("secret", "b"))

    def test_forbidden_does_not_tell_whether_an_object_exists(self, cluster: Cluster) -> None:
        cluster.create("Secret", "a")
        texts = []
        for name in ("a", "z"):
            with pytest.raises(ForbiddenError) as caught:
                cluster.objects.get(BUILDER, cluster.ref("secret", name))
            texts.append(caught.value.message.replace(f'"{name}"', "NAME"))
        assert texts[0] == texts[1]

    def test_nobody_gives_rights_that_they_do_not_have(self, cluster: Cluster) -> None:
        rbac = "rbac.authorization.k8s.io/v1"
        self.grant(cluster, "*", "roles rolebindings", "rbac.authorization.k8s.io")
        cluster.create("Role", "pods", rbac, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
        own: JsonValue = [{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["get"]}]
        more: JsonValue = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
        cluster.create("Role", "narrow", rbac, rules=own)
        me: JsonValue = [{"kind": "ServiceAccount", "name": "builder"}]
        self.revoke_star(cluster)
        cluster.objects.create(BUILDER, manifest("Role", "mine", rbac, rules=own), "argo")
        for wanted in (
            manifest("Role", "more", rbac, rules=more),
            manifest("RoleBinding", "more", rbac, subjects=me, roleRef={"kind": "Role", "name": "pods"}),
            manifest("RoleBinding", "admin", rbac, subjects=me, roleRef={"kind": "ClusterRole", "name": "admin"}),
        ):
            with pytest.raises(ForbiddenError, match="attempting to grant RBAC permissions not currently held"):
                cluster.objects.create(BUILDER, wanted, "argo")
        with pytest.raises(ForbiddenError, match="not currently held"):
            cluster.objects.patch(BUILDER, cluster.ref("role", "mine"), {"rules": more}, MERGE)
        narrow: JsonValue = {"kind": "Role", "name": "narrow"}
        cluster.objects.create(BUILDER, manifest("RoleBinding", "ok", rbac, subjects=me, roleRef=narrow), "argo")

    def revoke_star(self, cluster: Cluster) -> None:
        """Name the verbs, so that neither ``escalate`` nor ``bind`` is among them."""
        verbs: JsonValue = ["get", "create", "patch"]
        groups: JsonValue = ["rbac.authorization.k8s.io"]
        rule: JsonValue = [{"apiGroups": groups, "resources": ["roles", "rolebindings"], "verbs": verbs}]
        cluster.objects.patch(OWNER, cluster.ref("role", "r"), {"rules": rule}, MERGE)

    def test_apply_needs_get_and_create_or_patch(self, cluster: Cluster) -> None:
        self.grant(cluster, "get create", "configmaps")
        cluster.objects.apply(BUILDER, manifest("ConfigMap", "a", data={"x": "1"}), "argo")
        with pytest.raises(ForbiddenError, match="cannot patch"):
            cluster.objects.apply(BUILDER, manifest("ConfigMap", "a", data={"x": "2"}), "argo")


def test_a_claim_asks_for_modes_that_there_are(cluster: Cluster) -> None:
    with pytest.raises(InvalidObjectError) as error:
        cluster.create("PersistentVolumeClaim", "a", spec={"accessModes": ["ReadWriteOnce", "Sometimes"]})
    assert error.value.message == (
        'PersistentVolumeClaim "a" is invalid: spec.accessModes: Unsupported value: "Sometimes": supported values: '
        '"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'
    )
