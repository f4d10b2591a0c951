"""What ``template``, ``cluster-template`` and ``cron`` do alike: create, update, get, list and delete one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.entrypoints.cli.output.definitions import name_of, namespace_of
from tiphys.errors import NotFoundError, TiphysError, UsageError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import DEFAULT_DELETION, Listing, ObjectRef

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Document
    from tiphys.core.manifest.model.scalars import JsonObject
    from tiphys.entrypoints.wire.system import System

FORMS: Final = ("name", "json", "yaml", "wide")


class Definition(Struct, frozen=True, kw_only=True):
    """One kind and the words that Argo's command has for it; ``none_of`` where it has others for files without one."""

    kind: str
    resource: str
    words: str
    none_of: str = ""
    namespaced: bool = True

    @property
    def known(self) -> Kind:
        """The kind."""
        return Kind(ARGO, "v1alpha1", self.kind, self.resource, self.namespaced)

    def ref(self, namespace: str, name: str) -> ObjectRef:
        """One object of the kind."""
        return ObjectRef(self.known, namespace if self.namespaced else "", name)


TEMPLATE: Final = Definition(kind="WorkflowTemplate", resource="workflowtemplates", words="workflow template")
CLUSTER_TEMPLATE: Final = Definition(
    kind="ClusterWorkflowTemplate",
    resource="clusterworkflowtemplates",
    words="cluster workflow template",
    namespaced=False,
)
CRON: Final = Definition(kind="CronWorkflow", resource="cronworkflows", words="cron workflow", none_of="CronWorkflows")


def read(
    local: System, files: Sequence[str], definition: Definition, namespace: str, *, strict: bool = True
) -> list[JsonObject]:
    """The checked objects of the kind in files; other kinds are left out.  Not ``strict``: so are unknown fields.

    Raises:
        ManifestError: with all findings.
        UsageError: there is none.
    """
    from tiphys.adapters.system import timezone_exists
    from tiphys.core.manifest.diagnostics import ManifestError, Severity
    from tiphys.core.validate.check import check_document
    from tiphys.core.validate.options import CheckOptions
    from tiphys.entrypoints.cli import sources

    loaded = sources.load(files, strict=strict)
    wanted = [document for document in loaded.documents if document.kind == definition.kind]
    given = (document.manifest for document in loaded.documents)
    library = local.library(given, loaded.config_maps, namespace=namespace)
    found = list(loaded.diagnostics)
    for document in wanted:
        found += check_document(
            document, library, CheckOptions(advise=False, timezone_exists=timezone_exists)
        ).diagnostics
    if any(finding.severity is Severity.ERROR for finding in found):
        raise ManifestError(found)
    if not wanted:
        raise UsageError(f"No {definition.none_of or definition.words} found in given files")
    return [_manifest(document) for document in wanted]


def check_changed(local: System, manifests: Sequence[JsonObject], definition: Definition, namespace: str) -> None:
    """Check objects that are no longer as their files say, because the call changed them.

    Raises:
        UsageError: with the first thing that is wrong, in Argo's words: no file has a place for it.
    """
    from tiphys.adapters.system import timezone_exists
    from tiphys.app.services.manifests import document_of
    from tiphys.core.manifest.diagnostics import ManifestError
    from tiphys.core.validate.check import check_document
    from tiphys.core.validate.options import CheckOptions

    library, options = local.library(namespace=namespace), CheckOptions(advise=False, timezone_exists=timezone_exists)
    for manifest in manifests:
        document = document_of(definition.kind, manifest, "call")
        errors = check_document(document, library, options).errors
        if errors:
            raise UsageError(ManifestError(errors).argo, "an option of the call makes it so", name_of(manifest))


def _manifest(document: Document) -> JsonObject:
    from tiphys.core.manifest.encode import to_data

    data = to_data(document.manifest)
    if not isinstance(data, dict):
        raise TypeError(f"{document.kind} is no object")
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": document.kind, **data}


def create(
    local: System, manifests: Sequence[JsonObject], definition: Definition, namespace: str
) -> Iterator[JsonObject]:
    """Make the objects, one by one."""
    for manifest in manifests:
        name = "" if definition.namespaced else f"{name_of(manifest)},  "
        with _failing(f"failed to create {definition.words}: {name}"):
            yield local.definitions.create(OWNER, manifest, namespace)


@contextmanager
def _failing(words: str) -> Iterator[None]:
    """Put Argo's words in front of what goes wrong inside."""
    try:
        yield
    except TiphysError as error:
        error.message = f"{words}{error.message}"
        raise


def update(
    local: System, manifests: Sequence[JsonObject], definition: Definition, namespace: str
) -> Iterator[JsonObject]:
    """Replace the objects, which must exist.

    Raises:
        NotFoundError: with Argo's text.
    """
    for manifest in manifests:
        name = name_of(manifest)
        own = namespace_of(manifest) or namespace
        try:
            live = local.definitions.get(OWNER, definition.ref(own, name))
        except NotFoundError as error:
            text = f'failed to get existing {definition.words} "{name}" to update: {error.message}'
            raise NotFoundError(text, where=name) from None
        with _failing(f"failed to update {definition.words}: "):
            yield local.definitions.update(OWNER, _joined(manifest, live), own)


def _joined(manifest: JsonObject, live: JsonObject) -> JsonObject:
    """The manifest with the version that it replaces and the status, which no manifest sets."""
    metadata, before = manifest.get("metadata"), live.get("metadata")
    version = before.get("resourceVersion") if isinstance(before, dict) else None
    joined: JsonObject = {**manifest, "metadata": {**_mapping(metadata), "resourceVersion": version}}
    if "status" in live:
        joined["status"] = live["status"]
    return joined


def get(local: System, names: Sequence[str], definition: Definition, namespace: str) -> list[JsonObject]:
    """The named objects."""
    return [local.definitions.get(OWNER, definition.ref(namespace, name)) for name in names]


def every(local: System, definition: Definition, namespace: str, selector: str = "") -> list[JsonObject]:
    """All objects of a namespace, or (empty) of all, by name."""
    from tiphys.app.services.paging import listed
    from tiphys.core.objects.selectors import parse_selector

    space = namespace if definition.namespaced else ""
    wanted = Listing(kind=definition.known, namespace=space, labels=parse_selector(selector))
    found = [item for page in listed(local.definitions, OWNER, wanted) for item in page.items]
    return sorted(found, key=lambda item: (namespace_of(item), name_of(item)))


def delete(local: System, names: Sequence[str], definition: Definition, namespace: str) -> Iterator[str]:
    """Delete the named objects; gives the name of each that is gone."""
    for name in names:
        local.definitions.delete(OWNER, definition.ref(namespace, name), DEFAULT_DELETION)
        yield name


def show(item: JsonObject, output: str) -> str:
    """An object as ``name``, ``json`` or ``yaml``."""
    from tiphys.core.manifest.yaml import dump
    from tiphys.entrypoints.cli.output.objects import to_json

    if output == "name":
        return f"{name_of(item)}\n"
    return to_json(item, 4) if output == "json" else dump(item)


def _mapping(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
