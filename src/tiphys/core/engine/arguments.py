"""From what a caller passes to the inputs of a template (``spec/engine.md`` 11.1, ``spec/data.md`` 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from tiphys.core.engine.naming import compact
from tiphys.core.engine.node import Argument
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.configmaps import ConfigMaps, NotThereError, lookup
from tiphys.core.plan.model import ArgumentsPlan
from tiphys.core.template.compile import CompiledText, compile_text
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


class StartError(Exception):
    """A call cannot start; the text becomes a node message."""


def render_arguments(plan: ArgumentsPlan, scope: Scope, mode: Mode) -> dict[str, Argument]:
    """Resolve the parameters that a caller passes.

    Raises:
        TemplateError: a tag cannot be resolved in this mode.
    """
    arguments: dict[str, Argument] = {}
    for parameter in plan.parameters:
        if parameter.value is None:
            value_from = parameter.value_from
            arguments[parameter.name] = Argument(value_from=value_from, absent=False)
        elif parameter.reference is not None and _is_absent(parameter.reference, scope):
            arguments[parameter.name] = Argument(absent=True)
        else:
            arguments[parameter.name] = Argument(parameter.value.render(scope, mode))
    return arguments


def _is_absent(name: str, scope: Scope) -> bool:
    return name in scope and scope.get(name) is None


def process_inputs(
    declared: tuple[Parameter, ...],
    arguments: Mapping[str, Argument],
    globals_: Scope,
    config_maps: ConfigMaps,
) -> tuple[Parameter, ...]:
    """The inputs of a template with their values.

    Raises:
        StartError: a parameter has no value, or its config map cannot be read.
    """
    return tuple(_input(parameter, arguments.get(parameter.name), globals_, config_maps) for parameter in declared)


def _input(declared: Parameter, argument: Argument | None, globals_: Scope, config_maps: ConfigMaps) -> Parameter:
    value = declared.value if declared.value is not None else declared.default
    value_from = cast("JsonObject | None", msgspec.to_builtins(declared.value_from)) if declared.value_from else None
    if argument is not None:
        if argument.absent:
            if value is None and value_from is None:
                raise StartError(
                    f"inputs.parameters.{declared.name}: argument references an absent optional "
                    "(skipped/omitted node output with no default)"
                )
        elif argument.value is not None:
            value, value_from = argument.value, None
        else:
            value, value_from = None, argument.value_from
    if value_from is not None and value_from.get("configMapKeyRef") is not None:
        value = _from_config_map(declared.name, value_from, globals_, config_maps)
    if value is None:
        raise StartError(f"inputs.parameters.{declared.name} was not supplied")
    if declared.value == value and declared.value_from is None:
        return declared
    return msgspec.structs.replace(declared, value=value, value_from=None)


def fill_inputs(
    texts: Mapping[str, CompiledText], inputs: tuple[Parameter, ...], arguments: Mapping[str, Argument], scope: Scope
) -> tuple[Parameter, ...]:
    """Inputs whose own values and defaults have tags, resolved: first over ``scope``, then over all inputs too.

    What a caller passed is data and stays as it is.  Tags that cannot be resolved stay.

    Raises:
        TemplateError: an expression is malformed.
    """
    own = {name: text for name, text in texts.items() if not _passed(arguments.get(name))}
    for _ in range(2):
        filled = {name: text.render(scope, Mode.LENIENT) for name, text in own.items()}
        inputs = tuple(msgspec.structs.replace(p, value=filled[p.name]) if p.name in filled else p for p in inputs)
        scope = scope.child(input_variables(inputs))
    return tuple(_default_filled(p, scope) if p.default is not None and "{{" in p.default else p for p in inputs)


def _default_filled(parameter: Parameter, scope: Scope) -> Parameter:
    """The default as the node shows it, and as an output of the same name takes it (``spec/engine.md`` 18.1)."""
    text = compile_text(parameter.default or "").render(scope, Mode.LENIENT)
    return msgspec.structs.replace(parameter, default=text)


def _passed(argument: Argument | None) -> bool:
    return argument is not None and not argument.absent


def _from_config_map(name: str, source: JsonObject, globals_: Scope, config_maps: ConfigMaps) -> str:
    reference = cast(JsonObject, source["configMapKeyRef"])
    try:
        map_name = compile_text(str(reference.get("name", ""))).render(globals_, Mode.STRICT)
        key = compile_text(str(reference.get("key", ""))).render(globals_, Mode.STRICT)
    except TemplateError as error:
        raise StartError(str(error)) from None
    try:
        return lookup(config_maps, map_name, key)
    except NotThereError as error:
        default = source.get("default")
        if default is None:
            raise StartError(f"unable to retrieve inputs.parameters.{name} from ConfigMap: {error}") from None
        return str(default)


def input_variables(inputs: tuple[Parameter, ...]) -> dict[str, JsonValue]:
    """The ``inputs.parameters.*`` variables of a template."""
    return {f"inputs.parameters.{p.name}": p.value for p in inputs}


def input_list(inputs: tuple[Parameter, ...]) -> str:
    """The variable ``inputs.parameters``: all inputs as a JSON list."""
    return compact(cast(JsonValue, msgspec.to_builtins(inputs)))
