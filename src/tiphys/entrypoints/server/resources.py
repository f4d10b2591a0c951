"""Objects of one kind, as Argo's API lists, makes, shows, replaces and removes them (``spec/api.md`` 15)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from tiphys.core.manifest.encode import as_written
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of, text
from tiphys.entrypoints.server.answers import clean, delete_options, object_list, only_tried
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import TiphysError


class Resource(Struct, frozen=True, kw_only=True):
    """How one kind appears in the API: ``member`` holds the object in bodies, ``spec`` is what Go never leaves out.

    ``no_create`` and ``no_update`` are raised for a body without an object.
    """

    kind: str
    plural: str
    path: str
    member: str
    no_create: TiphysError
    no_update: TiphysError
    spec: JsonObject = field(default_factory=dict)


class ObjectHandlers:
    """The handlers of one kind."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def create(self, parts: Parts, call: Call) -> JsonObject:
        """Check an object and keep it."""
        body = call.json()
        manifest = self._manifest(body, self.resource.no_create)
        options = body.get("createOptions")
        dry = bool(options.get("dryRun")) if isinstance(options, dict) else False
        made = parts.resources.create(call.principal, self.resource.kind, manifest, call.namespace, keep=not dry)
        return self.shown(made)

    def lint(self, parts: Parts, call: Call) -> JsonObject:
        """Check an object without keeping it."""
        manifest = self._manifest(call.json(), self.resource.no_create)
        return self.shown(parts.resources.lint(call.principal, self.resource.kind, manifest, call.namespace))

    def list(self, parts: Parts, call: Call) -> JsonObject:
        """One page of objects."""
        query = call.query
        page = parts.resources.list(
            call.principal,
            self.resource.kind,
            call.namespace,
            labels=query.text("listOptions.labelSelector"),
            pattern=query.text("namePattern"),
            limit=query.limit(),
            after=query.text("listOptions.continue"),
        )
        found = object_list([self.shown(item) for item in page.items], page.version, page.next)
        return {"metadata": {}, "items": None, **clean(found, call)}

    def get(self, parts: Parts, call: Call) -> JsonObject:
        """One object."""
        found = parts.resources.get(call.principal, self.resource.kind, call.namespace, call.name)
        return clean(self.shown(found), call)

    def update(self, parts: Parts, call: Call) -> JsonObject:
        """Replace an object; the name in the body decides, so the path's may be empty."""
        manifest = self._manifest(call.json(), self.resource.no_update)
        metadata = metadata_of(manifest)
        if not text(metadata, "name") and call.name:
            manifest = {**manifest, "metadata": {**metadata, "name": call.name}}
        return self.shown(parts.resources.update(call.principal, self.resource.kind, manifest, call.namespace))

    def delete(self, parts: Parts, call: Call) -> JsonObject:
        """Remove an object and what it owns: the runs of a CronWorkflow, unless they are to be orphans."""
        kind, options = self.resource.kind, delete_options(call)
        if only_tried(call.query.texts("deleteOptions.dryRun")):
            parts.trial.delete(call.principal, parts.resources.ref(kind, call.namespace, call.name), options)
        else:
            parts.resources.delete(call.principal, kind, call.namespace, call.name, options)
        return {}

    def _manifest(self, body: JsonObject, missing: TiphysError) -> JsonObject:
        wanted = self.resource.member.lower()
        found = next((value for key, value in body.items() if key.lower() == wanted), None)
        if not isinstance(found, dict):
            raise type(missing)(missing.message)
        return found

    def shown(self, manifest: JsonObject) -> JsonObject:
        """An object as Go writes it."""
        manifest = as_written(self.resource.kind, manifest)
        spec = manifest.get("spec")
        return {**manifest, "spec": {**self.resource.spec, **(spec if isinstance(spec, dict) else {})}}

    def routes(self, *, lint: bool) -> Iterator[Route]:
        """The routes that every kind has; ``lint`` is only for kinds that are checked."""
        path, plural = self.resource.path, self.resource.plural
        yield Route("GET", path, Right("list", plural), self.list)
        yield Route("POST", path, Right("create", plural), self.create)
        if lint:
            yield Route("POST", f"{path}/lint", Right("create", plural), self.lint)
        yield Route("GET", f"{path}/{{name}}", Right("get", plural), self.get)
        yield Route("PUT", f"{path}/{{name}}", Right("update", plural), self.update)
        yield Route("DELETE", f"{path}/{{name}}", Right("delete", plural), self.delete)
