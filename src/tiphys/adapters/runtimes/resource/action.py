"""One action of kubectl on the objects of ``ports.objects`` (``spec/engine.md`` 20.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, Catalogue, Kind
from tiphys.core.objects.kubectl import Arguments, parse_arguments
from tiphys.core.objects.meta import MADE_BY, identity, metadata_of, text
from tiphys.core.objects.status import kubectl_text
from tiphys.errors import NotFoundError, TiphysError, UsageError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import JSON, STRATEGIC, DeleteOptions, Listing, ObjectRef, Objects

#: How kubectl names the file of the manifest in its errors.
MANIFEST: Final = "/tmp/manifest.yaml"
_PROPAGATION: Final = {"": "Background", "true": "Background", "background": "Background", "foreground": "Foreground",
                       "false": "Orphan", "orphan": "Orphan"}  # fmt: skip


class ActionError(Exception):
    """What kubectl would have printed to stderr."""


class NoObjectError(ActionError):
    """What came back is a list, or otherwise no object that could be looked at; the text is Argo's."""

    def __init__(self) -> None:
        super().__init__("Kind and name are both required but at least one of them is missing from the manifest")


class Action(Struct, frozen=True, kw_only=True):
    """What a template asks for.  ``documents`` are those of its manifest; for a JSON patch the one is a list."""

    verb: str
    documents: tuple[JsonValue, ...]
    arguments: Arguments
    strategy: str
    namespace: str
    workflow: str = ""
    owner: JsonObject | None = None

    @property
    def objects(self) -> list[JsonObject]:
        """The documents that are objects."""
        return [item for item in self.documents if isinstance(item, dict)]


def action_of(template: JsonObject, manifest: str, namespace: str, owner: JsonObject) -> Action:
    """The action of a template.

    Raises:
        ActionError: the flags or the manifest cannot be read.
    """
    flags = template.get("flags")
    words = [str(flag) for flag in flags] if isinstance(flags, list) else []
    if not words and not manifest:
        raise ActionError("Must provide at least one of flags or manifest.")
    try:
        arguments = parse_arguments(words)
    except UsageError as error:
        raise ActionError(f"error: {error.message}") from None
    inline = bool(template.get("manifest"))
    return Action(
        verb=str(template.get("action") or ""),
        documents=_documents(manifest),
        arguments=arguments,
        strategy=str(template.get("mergeStrategy") or arguments.values.get("type") or STRATEGIC),
        namespace=arguments.namespace or namespace,
        workflow=str(owner.get("uid") or ""),
        owner=owner if template.get("setOwnerReference") and inline else None,
    )


def _documents(manifest: str) -> tuple[JsonValue, ...]:
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        return tuple(item.data for item in parse(manifest) if item.data is not None)
    except YamlError as error:
        raise ActionError(f"error: error parsing {MANIFEST}: error converting YAML to JSON: {error.message}") from None


class Outcome(Struct, frozen=True):
    """What an action left: the one object that can be looked at again (None for several, or none), and log lines."""

    ref: ObjectRef | None
    lines: tuple[str, ...]


def perform(objects: Objects, principal: Principal, action: Action, uids: Sequence[str]) -> Outcome:
    """Carry an action out; with the same ``uids`` a second time makes nothing twice.

    Raises:
        ActionError: what kubectl would have printed.
    """
    worker = _Worker(objects, principal, action, objects.catalogue())
    made = getattr(worker, action.verb)(uids)
    one = made[0] if len(made) == 1 and action.verb != "delete" else None
    return Outcome(one, tuple(worker.lines))


class _Worker:
    """Carries one action out."""

    def __init__(self, objects: Objects, principal: Principal, action: Action, catalogue: Catalogue) -> None:
        self._objects = objects
        self._principal = principal
        self._action = action
        self._catalogue = catalogue
        self.lines: list[str] = []

    def create(self, uids: Sequence[str]) -> list[ObjectRef]:
        made = []
        for item, uid in zip(self._manifests(), uids, strict=False):
            try:
                created = self._objects.create(self._principal, item, self._action.namespace, uid=uid)
            except TiphysError as error:
                raise ActionError(kubectl_text(error, f'error when creating "{MANIFEST}"')) from error
            made.append(self._done(created, "created"))
        return made

    def apply(self, _: Sequence[str]) -> list[ObjectRef]:
        made = []
        for item in self._manifests():
            try:
                applied = self._objects.apply(self._principal, item, self._action.namespace)
            except TiphysError as error:
                raise ActionError(kubectl_text(error, f'error when applying "{MANIFEST}"')) from error
            made.append(self._done(applied, "configured"))
        return made

    def replace(self, uids: Sequence[str]) -> list[ObjectRef]:
        if "force" in self._action.arguments.switches:
            self.delete(uids)
            return self.create(uids)
        made = []
        for item in self._manifests():
            try:
                replaced = self._objects.update(self._principal, item, self._action.namespace)
            except TiphysError as error:
                raise ActionError(kubectl_text(error, f'error when replacing "{MANIFEST}"')) from error
            made.append(self._done(replaced, "replaced"))
        return made

    def patch(self, _: Sequence[str]) -> list[ObjectRef]:
        patch = self._action.documents[0] if self._action.documents else None
        if patch is None:
            raise ActionError("error: must specify --patch or --patch-file containing the contents of the patch")
        refs = self._targets() or [self._ref(item) for item in self._action.objects]
        if not refs or any(not ref.name for ref in refs) or (self._action.strategy == JSON and self._targets() == []):
            raise ActionError("error: You must provide one or more resources by argument or filename.")
        status = self._action.arguments.values.get("subresource") == "status"
        for ref in refs:
            try:
                self._objects.patch(self._principal, ref, patch, self._action.strategy, status=status)
            except TiphysError as error:
                raise ActionError(kubectl_text(error)) from error
            self.lines.append(f"{_shown(ref)} patched")
        return refs

    def get(self, _: Sequence[str]) -> list[ObjectRef]:
        refs = self._chosen()
        for ref in refs:
            try:
                self._objects.get(self._principal, ref)
            except NotFoundError as error:
                if "ignore-not-found" in self._action.arguments.switches:
                    return []
                raise ActionError(kubectl_text(error)) from error
            except TiphysError as error:
                raise ActionError(kubectl_text(error)) from error
            self.lines.append(_shown(ref))
        if len(refs) != 1 or any(not ref.name for ref in self._targets()):  # kubectl answers with a list
            raise NoObjectError
        return refs

    def delete(self, _: Sequence[str]) -> list[ObjectRef]:
        cascade = _PROPAGATION.get(self._action.arguments.values.get("cascade", ""), "Background")
        refs = self._chosen()
        for ref in refs:
            try:
                self._objects.delete(self._principal, ref, DeleteOptions(propagation=cascade))
            except NotFoundError:
                continue
            except TiphysError as error:
                doing = f'error when deleting "{MANIFEST}"' if self._action.documents else ""
                raise ActionError(kubectl_text(error, doing)) from error
            self.lines.append(f"{_shown(ref)} deleted")
        return refs

    def _manifests(self) -> list[JsonObject]:
        """The objects of the manifest, owned by the workflow when the template wants it."""
        found = self._action.objects
        if not found or len(found) != len(self._action.documents):
            raise ActionError(f'error: error validating "{MANIFEST}": invalid object to validate')
        for item in found:
            self._check(item)
        marked = [_marked(item, self._action.workflow) for item in found]
        return [_owned(item, self._action.owner) if self._action.owner else item for item in marked]

    def _check(self, item: JsonObject) -> None:
        try:
            identity(item)
        except UsageError as error:
            raise ActionError(f'error: unable to decode "{MANIFEST}": {error.message}') from None
        own = text(metadata_of(item), "namespace")
        if own and self._action.arguments.namespace and own != self._action.arguments.namespace:
            raise ActionError(
                f'error: the namespace from the provided object "{own}" does not match the namespace '
                f"\"{self._action.arguments.namespace}\". You must pass '--namespace={own}' to perform this operation."
            )

    def _ref(self, item: JsonObject) -> ObjectRef:
        self._check(item)
        kind = self._catalogue.of(*identity(item))
        metadata = metadata_of(item)
        namespace = (text(metadata, "namespace") or self._action.namespace) if kind.namespaced else ""
        return ObjectRef(kind, namespace, text(metadata, "name"))

    def _done(self, item: JsonObject, word: str) -> ObjectRef:
        ref = self._ref(item)
        self.lines.append(f"{_shown(ref)} {word}")
        return ref

    def _kind(self, word: str) -> Kind:
        found = self._catalogue.find(word)
        if found is None:
            raise ActionError(f'error: the server doesn\'t have a resource type "{word}"')
        return found

    def _targets(self) -> list[ObjectRef]:
        """What the flags name; a resource without a name has the empty one."""
        found = []
        for word, name in self._action.arguments.targets:
            kind = self._kind(word)
            found.append(ObjectRef(kind, self._action.namespace if kind.namespaced else "", name))
        return found

    def _chosen(self) -> list[ObjectRef]:
        """What the manifest or the flags name or select."""
        named = self._targets() or [self._ref(item) for item in self._action.objects]
        arguments = self._action.arguments
        found: list[ObjectRef] = []
        for ref in named:
            if ref.name:
                found.append(ref)
                continue
            if self._action.verb == "delete" and not (
                arguments.labels or arguments.fields or "all" in arguments.switches
            ):
                raise ActionError("error: resource(s) were provided, but no name was specified")
            found += self._selected(ref.kind)
        return found

    def _selected(self, kind: Kind) -> list[ObjectRef]:
        arguments = self._action.arguments
        everywhere = "all-namespaces" in arguments.switches or not kind.namespaced
        wanted = Listing(
            kind=kind,
            namespace="" if everywhere else self._action.namespace,
            labels=arguments.labels,
            fields=arguments.fields,
            limit=10_000,
        )
        try:
            items = self._objects.list(self._principal, wanted).items
        except TiphysError as error:
            raise ActionError(kubectl_text(error)) from error
        return [
            ObjectRef(kind, text(metadata_of(item), "namespace"), text(metadata_of(item), "name")) for item in items
        ]


def _shown(ref: ObjectRef) -> str:
    """``configmap/a``, ``job.batch/b``."""
    group = f".{ref.kind.group}" if ref.kind.group else ""
    return f"{ref.kind.kind.lower()}{group}/{ref.name}"


def _marked(item: JsonObject, workflow: str) -> JsonObject:
    """A workflow that a step makes says whose step it was, so that whoever drives the one drives the other."""
    if item.get("kind") != "Workflow" or not str(item.get("apiVersion")).startswith(f"{ARGO}/"):
        return item
    metadata = metadata_of(item)
    annotations = metadata.get("annotations")
    known = annotations if isinstance(annotations, dict) else {}
    return {**item, "metadata": {**metadata, "annotations": {**known, MADE_BY: workflow}}}


def _owned(item: JsonObject, owner: JsonObject | None) -> JsonObject:
    metadata = metadata_of(item)
    known = metadata.get("ownerReferences")
    references: list[JsonValue] = list(known) if isinstance(known, list) else []
    if owner is not None and not any(isinstance(one, dict) and one.get("uid") == owner["uid"] for one in references):
        references.append(owner)
    return {**item, "metadata": {**metadata, "ownerReferences": references}}
