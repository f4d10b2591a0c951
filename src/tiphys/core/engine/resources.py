"""``resourcesDuration``: what the containers of a pod had reserved, times how long (``spec/engine.md`` 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tiphys.core.engine.events import Container
from tiphys.core.manifest.model.pod import ResourceRequirements
from tiphys.core.plan.model import TemplatePlan

_MEBI = 1 << 20
_GIBI = 1 << 30
#: How much of a resource for one second counts as one second; 1 for any other.
_UNITS = {"cpu": 1, "memory": 100 * _MEBI, "storage": 10 * _GIBI, "ephemeral-storage": 10 * _GIBI}
_MICROS = 1_000_000
#: Seconds that count for each microsecond of running, as a fraction: of containers that reserve nothing.
_DEFAULTS = {"cpu": (1, 10 * _MICROS), "memory": (1, _MICROS)}


def of_pod(
    template: TemplatePlan | None, containers: Sequence[Container], common: ResourceRequirements | None = None
) -> dict[str, int] | None:
    """Whole seconds by resource, summed over the containers that ended; None when none did.

    What is reserved for the whole pod, by the template or else by the workflow (``common``), counts once: for the first
    container that reserves nothing itself.
    """
    declared = dict(_declared(template))
    shared = (template.template.pod_resources if template is not None else None) or common
    first = next((container.name for container in containers if container.name not in declared), None)
    if shared is not None and first is not None:
        declared[first] = _rates(shared)
    total: dict[str, int] = {}
    for container in containers:
        if container.started_at is None or container.finished_at is None:
            continue
        micros = max(0, (container.finished_at - container.started_at) // timedelta(microseconds=1))
        rates = _DEFAULTS if container.name not in declared else {**_DEFAULTS, **declared[container.name]}
        for name, (numerator, denominator) in rates.items():
            total[name] = total.get(name, 0) + micros * numerator // denominator
    return total or None


def _declared(template: TemplatePlan | None) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """Rates by container and resource; the limit counts before the request."""
    if template is None:
        return {}
    own = template.template
    found: list[tuple[str, ResourceRequirements | None]] = []
    for main in (own.container, own.script):
        if main is not None:
            found.append(("main", main.resources))
    if own.container_set is not None:
        found += [(item.name, item.resources) for item in own.container_set.containers or ()]
    found += [(item.name, item.resources) for item in (*(own.sidecars or ()), *(own.init_containers or ()))]
    return {name: _rates(resources) for name, resources in found if resources is not None}


def _rates(resources: ResourceRequirements) -> dict[str, tuple[int, int]]:
    from tiphys.core.plan.quantity import QuantityError, parse_quantity

    rates: dict[str, tuple[int, int]] = {}
    for name, text in {**(resources.requests or {}), **(resources.limits or {})}.items():
        try:
            rate = parse_quantity(str(text)) / (_UNITS.get(name, 1) * _MICROS)
        except QuantityError:
            continue
        rates[name] = (rate.numerator, rate.denominator)
    return rates


def add(total: dict[str, int], more: Mapping[str, int] | None) -> None:
    """Add amounts to a sum."""
    for name, seconds in (more or {}).items():
        total[name] = total.get(name, 0) + seconds
