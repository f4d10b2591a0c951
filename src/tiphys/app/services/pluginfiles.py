"""An ExecutorPlugin file becomes the ConfigMap that sets the plugin up, and a README (``spec/cli.md`` 6)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.core.manifest.decode import check
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.template import ExecutorPlugin
from tiphys.core.manifest.yaml import YamlError, dump, parse
from tiphys.core.validate.sidecar import sidecar_problems
from tiphys.errors import UsageError

NOTE = "This is an auto-generated file. DO NOT EDIT"
_TYPE = "workflows.argoproj.io/configmap-type"
_DESCRIPTION = "workflows.argoproj.io/description"


class Built(Struct, frozen=True, kw_only=True):
    """What is made of a plugin: the files' texts, and the name of the first one."""

    file: str
    config_map: str
    readme: str


def build(text: str, server: str | None, where: str) -> Built:
    """The files of a plugin; ``server`` is the program that its container is given as an argument.

    Raises:
        UsageError: the text is no plugin, or its sidecar lacks something.
    """
    kind, plugin = _read(text, where)
    problems = sidecar_problems(plugin)
    if problems:
        raise UsageError(f"sidecar is invalid: {problems[0]}", where=where)
    metadata, sidecar = plugin.metadata, plugin.spec.sidecar if plugin.spec is not None else None
    name = (metadata and metadata.name) or ""
    if not name:
        raise UsageError("executor plugin metadata name is mandatory", where=where)
    container = to_data(sidecar.container) if sidecar is not None and sidecar.container is not None else {}
    container = {**container} if isinstance(container, dict) else {}
    if server is not None:
        container["args"] = [server]
    annotations: JsonObject = {**((metadata and metadata.annotations) or {})}
    labels: JsonObject = {**((metadata and metadata.labels) or {}), _TYPE: kind}
    automount = sidecar is not None and bool(sidecar.automount_service_account_token)
    config_map: JsonObject = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"{name}-executor-plugin",
            **({"annotations": annotations} if annotations else {}),
            "labels": labels,
        },
        "data": {
            "sidecar.automountServiceAccountToken": "true" if automount else "false",
            "sidecar.container": dump(container),
        },
    }
    file = f"{name}-executor-plugin-configmap.yaml"
    readme = _readme(name, str(container.get("image") or ""), str(annotations.get(_DESCRIPTION) or ""), file)
    return Built(file=file, config_map=f"# {NOTE}\n{dump(config_map)}", readme=readme)


def _read(text: str, where: str) -> tuple[str, ExecutorPlugin]:
    """The kind and the record of a file.

    Raises:
        UsageError: the file is no YAML, or has a field that no plugin has.
    """
    try:
        documents = parse(text)
    except YamlError as error:
        raise UsageError(f"not YAML: {error.message}", where=where) from None
    data: JsonValue = documents[0].data if documents else None
    if not isinstance(data, dict):
        raise UsageError("the file is no ExecutorPlugin", None, where)
    inner: JsonObject = {key: value for key, value in data.items() if key not in ("apiVersion", "kind")}
    found = check(ExecutorPlugin, inner)
    if found.record is None:
        raise UsageError(found.problems[0].message, "see `tiphys explain workflow.spec.executorPlugins`", where)
    return str(data.get("kind") or "ExecutorPlugin"), found.record


def _readme(name: str, image: str, description: str, file: str) -> str:
    about = f"\n{description.rstrip()}\n" if description else ""
    return (
        f"<!-- {NOTE} -->\n# {name}\n\n* Image: {image}\n{about}\nInstall:\n\n    kubectl apply -f {file}\n\n"
        f"Uninstall:\n\n    kubectl delete cm {name}-executor-plugin\n"
    )
