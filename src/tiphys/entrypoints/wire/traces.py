"""Traces of runs, where the environment names a collector of OpenTelemetry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tiphys.entrypoints.wire.local import Local
from tiphys.errors import UnsupportedError
from tiphys.ports.api import RunObserver


@contextmanager
def traced(local: Local, observer: RunObserver) -> Iterator[RunObserver]:
    """The observer, and beside it one that sends spans while the body runs.

    Raises:
        UnsupportedError: traces are wanted, and the library is not installed.
    """
    if not local.settings.traces:
        yield observer
        return
    try:
        from tiphys.adapters.tracing import Tracing
    except ImportError as error:
        hint = "pip install 'tiphys[otel]', or unset OTEL_EXPORTER_OTLP_ENDPOINT"
        raise UnsupportedError(f"traces cannot be sent: {error}", hint) from None
    from tiphys.app.controller.observers import Observers
    from tiphys.entrypoints.wire.web import ARGO_VERSION

    tracing = Tracing(ARGO_VERSION, local.clock)
    try:
        yield Observers([observer, tracing])
    finally:
        tracing.close()
