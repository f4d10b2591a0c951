"""The key ``metricsConfig`` of the configuration (``spec/engine.md`` 28)."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.errors import UsageError
from tiphys.ports.instruments import INSTRUMENTS, MetricsConfig, Modifier

#: Argo's keys that mean nothing here: metrics are shown by the server, at ``/metrics``, to be scraped.
_UNUSED = frozenset({"disableLegacy", "ignoreErrors", "path", "port", "secure", "temporality"})
_KEYS = frozenset({"enabled", "metricsTTL", "modifiers"})
_MODIFIER = frozenset({"disabled", "disabledAttributes", "histogramBuckets"})


def metrics_config(data: Mapping[str, object], file: str) -> tuple[MetricsConfig, tuple[str, ...]]:
    """What a ``metricsConfig`` says, and the keys of it that are not honoured.

    Raises:
        UsageError: a key is unknown or has a wrong value.
    """
    unknown = sorted(data.keys() - _KEYS - _UNUSED)
    if unknown:
        raise UsageError(f"metricsConfig has an unknown key {unknown[0]!r}", f"it has {', '.join(sorted(_KEYS))}", file)
    enabled = data.get("enabled", True)
    if not isinstance(enabled, bool):
        raise UsageError(f"metricsConfig.enabled must be true or false, not {enabled!r}", None, file)
    modifiers = data.get("modifiers") or {}
    if not isinstance(modifiers, dict):
        raise UsageError("metricsConfig.modifiers must be a mapping", None, file)
    config = MetricsConfig(
        enabled=enabled,
        lifetime=_seconds(data.get("metricsTTL"), file),
        modifiers={str(name): _modifier(str(name), value, file) for name, value in modifiers.items()},
    )
    return config, tuple(f"metricsConfig.{key}" for key in sorted(data.keys() & _UNUSED))


def _seconds(value: object, file: str) -> float:
    if value is None or value == "":
        return 0
    from tiphys.core.engine.durations import SECOND, parse_go_duration

    try:
        return parse_go_duration(str(value)) / SECOND
    except ValueError as error:
        raise UsageError(f"metricsConfig.metricsTTL: {error}", "write a duration such as 10m", file) from None


def _modifier(name: str, value: object, file: str) -> Modifier:
    where = f"metricsConfig.modifiers.{name}"
    if name not in INSTRUMENTS:
        import difflib

        near = difflib.get_close_matches(name, INSTRUMENTS, n=1)
        raise UsageError(f"{where}: there is no such metric", f"did you mean {near[0]!r}?" if near else None, file)
    if not isinstance(value, dict) or value.keys() - _MODIFIER:
        raise UsageError(f"{where} has only the keys {', '.join(sorted(_MODIFIER))}", None, file)
    attributes, buckets = value.get("disabledAttributes") or [], value.get("histogramBuckets") or []
    if not isinstance(attributes, list) or not isinstance(buckets, list):
        raise UsageError(f"{where}: attributes and buckets are lists", None, file)
    if not all(isinstance(bucket, (int, float)) for bucket in buckets):
        raise UsageError(f"{where}.histogramBuckets must be numbers", None, file)
    return Modifier(
        disabled=value.get("disabled") is True,
        without=frozenset(map(str, attributes)),
        buckets=tuple(sorted(float(bucket) for bucket in buckets)),
    )
