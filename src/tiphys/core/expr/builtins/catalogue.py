"""The one list of all functions: builtins by name, and what Argo adds to the environment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tiphys.core.expr.signature import Spec
from tiphys.core.expr.values import Value


@cache
def builtin_specs() -> Mapping[str, Spec]:
    """All builtins that take no closure."""
    from tiphys.core.expr.builtins import clock, collections, conversion, numbers, strings

    tables = (clock.SPECS, collections.SPECS, conversion.SPECS, numbers.SPECS, strings.SPECS)
    return {spec.name: spec for table in tables for spec in table}


@cache
def argo_functions(with_sprig: bool = True) -> Mapping[str, Value]:
    """The names that Argo adds: they hide variables (section 4.3).

    Expressions that do not name ``sprig`` go without it, because it takes long to load.
    """
    from tiphys.core.expr.builtins import argo

    functions = argo.functions()
    if not with_sprig:
        return functions
    from tiphys.core.expr.builtins import sprig

    return {**functions, "sprig": sprig.functions()}
