"""Parameters whose values stand in config maps (``spec/data.md`` 2.3, 2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.template.errors import TemplateError

ConfigMaps = Mapping[str, Mapping[str, str]]


class NotThereError(Exception):
    """A config map, or a key of one, does not exist; the text is Argo's."""


def lookup(config_maps: ConfigMaps, name: str, key: str) -> str:
    """The value of a key.

    Raises:
        NotThereError: there is no such config map or key.
    """
    found = config_maps.get(name)
    if found is None:
        raise NotThereError(
            f"ConfigMap '{name}' does not exist. Please make sure it has the label "
            "workflows.argoproj.io/configmap-type: Parameter to be detectable by the controller"
        )
    if key not in found:
        raise NotThereError(f"ConfigMap '{name}' does not have the key '{key}'")
    return found[key]


def workflow_parameters(parameters: Iterable[Parameter], config_maps: ConfigMaps) -> tuple[Parameter, ...]:
    """The arguments of a workflow with the values that their sources give.

    Raises:
        TemplateError: a source gives no value and has no default.
    """
    return tuple(_valued(parameter, config_maps) for parameter in parameters)


def _valued(parameter: Parameter, config_maps: ConfigMaps) -> Parameter:
    source = parameter.value_from
    if parameter.value is not None or source is None:
        return parameter
    reference = source.config_map_key_ref
    if reference is not None:
        name, key = reference.name or "", reference.key
        try:
            return replace(parameter, value=lookup(config_maps, name, key))
        except NotThereError as error:
            if source.default is None:
                raise TemplateError(
                    f"failed to set global parameter {parameter.name} from configmap with name {name} "
                    f"and key {key}: {error}"
                ) from None
    if source.default is None:
        raise TemplateError(
            f"either value or valueFrom must be specified in order to set global parameter {parameter.name}"
        )
    return replace(parameter, value=source.default)
