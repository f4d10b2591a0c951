"""What one of Argo's examples needs around it, read off the example itself: objects, answers, and what no machine has.

Nothing here knows an example by its name.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from tiphys.adapters.runtimes.process import images

#: Kinds that somebody's controller in the cluster must carry out, and custom ones that must be installed there.
_CARRIED_OUT = frozenset({"Job", "Workflow", "Pod", "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"})
_URL = re.compile(r"https?://[^\s\"'{}]+")
_KIND = re.compile(r"^kind: *(\w+)", re.MULTILINE)
#: Keys under which an artifact says where it lies, and the part that names the service.
_STORAGES = {
    "s3": "endpoint",
    "gcs": "bucket",
    "azure": "endpoint",
    "oss": "endpoint",
    "hdfs": "addresses",
    "git": "repo",
    "artifactory": "url",
}
_REFERENCES = (
    ("secretKeyRef", "Secret", "name"),
    ("secret", "Secret", "secretName"),
    ("configMapKeyRef", "ConfigMap", "name"),
)
_WINDOWS = "windows"
#: What the repositories of Argo's quick start are called.
_REPOSITORIES = ("my-key",)

Object = Mapping[str, Any]


def installed(namespace: str) -> list[Object]:
    """What Argo's quick start installs beside the controller: the repository that examples name, the rights of steps."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "artifact-repositories"},
            "data": dict.fromkeys(_REPOSITORIES, "archiveLogs: true\n"),
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "workflows"},
            "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "workflows"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "workflows"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
        },
    ]


def obstacle(documents: Iterable[Object], programs: Iterable[str]) -> str | None:
    """Say what keeps these manifests from being run on one machine without its images and without the internet."""
    found = sorted({reason for each in documents for reason in _obstacles(each)})
    brought = {name.rpartition("/")[2] for each in documents for name in _brought(each)}
    for program in sorted(set(programs) - brought):
        if shutil.which(program) is None:
            found.append(f"the program {program} of an image: the process runtime pulls none")
    return found[0] if found else None


def references(document: Object, known: Iterable[str]) -> list[Object]:
    """Every Secret and ConfigMap that a manifest refers to, with the keys that it asks for.

    Those of ``known`` names are there already.  A Secret's values are texts without meaning; a ConfigMap's are ``1``,
    which is also a limit of a semaphore.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for _, each in _objects(document):
        for field, kind, named in _REFERENCES:
            reference = each.get(field)
            if isinstance(reference, dict) and reference.get(named) and reference[named] not in known:
                found.setdefault((kind, str(reference[named])), set()).add(str(reference.get("key") or "mypassword"))
    return [
        {
            "apiVersion": "v1",
            "kind": kind,
            "metadata": {"name": name},
            "stringData" if kind == "Secret" else "data": dict.fromkeys(sorted(keys), "1"),
        }
        for (kind, name), keys in sorted(found.items())
    ]


def answers(document: Object) -> bool:
    """Whether somebody must let it go on: it starts suspended, or a Suspend template has no duration."""
    if (document.get("spec") or {}).get("suspend"):
        return True
    return any(
        "suspend" in each and not (each["suspend"] or {}).get("duration")
        for _, each in _objects(document)
        if each.get("suspend") is None or isinstance(each.get("suspend"), dict)
    )


def doubled_key(text: str) -> str | None:
    """A key that stands twice in the metadata of a document, None when none does."""
    for document in text.split("\n---"):
        root = yaml.compose(document)
        pairs = root.value if isinstance(root, yaml.MappingNode) else []
        for mapping in (node for _, node in pairs if isinstance(node, yaml.MappingNode)):
            names = [key.value for key, _ in mapping.value]
            doubled = [name for name in names if names.count(name) > 1]
            if doubled:
                return str(doubled[0])
    return None


def _obstacles(document: Object) -> Iterator[str]:
    for _, each in _objects(document):
        yield from _of_container(each)
        yield from _of_storage(each)
        yield from _of_repository(each)
        yield from _of_resource(each)
        http = each.get("http")
        if isinstance(http, dict) and isinstance(http.get("url"), str):
            yield from _hosts(http["url"] if "{{" not in http["url"] else yaml.safe_dump(document))
        if isinstance(each.get("plugin"), dict):
            yield f"an installed plugin: {', '.join(map(str, each['plugin'])) or 'any'}"
        selector = each.get("nodeSelector")
        if isinstance(selector, dict) and _WINDOWS in selector.values():
            yield "a node with Windows"


def _of_container(each: Object) -> Iterator[str]:
    image = each.get("image")
    if not isinstance(image, str) or each.get("command") or "source" in each or "{{" in image:
        return
    if images.find({}, image) is None:
        yield f"the image {image}: the process runtime pulls none, and this one's entry point is not known"


def _of_storage(each: Object) -> Iterator[str]:
    for storage, named in _STORAGES.items():
        source = each.get(storage)
        if isinstance(source, dict) and source.get(named):
            yield f"the network service of {storage} at {source[named]}"
    artifact = each.get("http")
    if isinstance(artifact, dict) and "path" in each and artifact.get("url"):
        yield from _hosts(artifact["url"])


def _of_repository(each: Object) -> Iterator[str]:
    reference = each.get("artifactRepositoryRef")
    if isinstance(reference, dict) and reference.get("key") not in {*_REPOSITORIES, None}:
        yield f"the artifact repository {reference['key']} of the cluster of the tests"


def _of_resource(each: Object) -> Iterator[str]:
    resource = each.get("resource")
    if isinstance(resource, dict):
        for kind in _KIND.findall(str(resource.get("manifest") or "")):
            if kind not in _CARRIED_OUT and resource.get("successCondition"):
                yield f"a controller that carries out the kind {kind}"


def _hosts(text: str) -> Iterator[str]:
    for url in _URL.findall(text):
        host = urlsplit(url).hostname or ""
        if "." in host and not host.endswith(("svc", "local")):
            yield f"the internet: {host}"


def _brought(document: Object) -> Iterator[str]:
    for _, each in _objects(document):
        image = each.get("image")
        entry = images.find({}, image) if isinstance(image, str) else None
        yield from entry.programs if entry is not None else ()


def _objects(value: object, key: str = "") -> Iterator[tuple[str, Object]]:
    """Every object in a manifest with the key that it stands under."""
    if isinstance(value, dict):
        yield key, value
        for name, each in value.items():
            yield from _objects(each, str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each, key)
