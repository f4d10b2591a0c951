"""The probes of one container: startup first, then readiness and liveness, with Kubernetes' counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tiphys.adapters.supervisor.launcher import Host
from tiphys.adapters.supervisor.records import Action, ContainerPlan, ProbeRecord

#: A readiness probe asks at least this often until it succeeds for the first time: who waits for it, waits less.
_EAGER_SECONDS = 0.5


class Ask(Protocol):
    """Does an action within ``timeout`` seconds and says later whether it went well."""

    def __call__(self, action: Action, timeout: float, heard: Callable[[bool], None]) -> None:
        """Return at once."""


class Probes:
    """Calls ``heard(ready, why)``: whether the container is ready now, and why it must end ("" when it need not)."""

    def __init__(self, plan: ContainerPlan, host: Host, ask: Ask, heard: Callable[[bool, str], None]) -> None:
        self._plan = plan
        self._host = host
        self._ask = ask
        self._heard = heard
        self._running: list[_Probe] = []

    def begin(self) -> None:
        """The container has started."""
        if self._plan.startup is not None:
            self._start(self._plan.startup, self._started, once=True, eager=False)
        else:
            self._go()

    def stop(self) -> None:
        """Ask no more."""
        for probe in self._running:
            probe.stop()
        self._running.clear()

    def _started(self, well: bool) -> None:
        if well:
            self._go()
        else:
            self._heard(False, "Startup probe failed")

    def _go(self) -> None:
        if self._plan.readiness is None:
            self._heard(True, "")
        else:
            self._start(self._plan.readiness, lambda ready: self._heard(ready, ""), once=False, eager=True)
        if self._plan.liveness is not None:
            self._start(self._plan.liveness, self._lives, once=False, eager=False)

    def _lives(self, well: bool) -> None:
        if not well:
            self._heard(False, "Liveness probe failed")

    def _start(self, record: ProbeRecord, heard: Callable[[bool], None], *, once: bool, eager: bool) -> None:
        probe = _Probe(record, self._host, self._ask, heard, once=once, eager=eager)
        self._running.append(probe)
        self._host.after(record.delay, probe.ask)


class _Probe:
    """One probe; says what it found each time that its count of successes or failures is reached."""

    def __init__(
        self,
        record: ProbeRecord,
        host: Host,
        ask: Ask,
        heard: Callable[[bool], None],
        *,
        once: bool,
        eager: bool,
    ) -> None:
        self._record = record
        self._host = host
        self._ask = ask
        self._heard = heard
        self._once = once
        self._eager = eager
        self._stopped = False
        self._row = 0
        self._last: bool | None = None

    def stop(self) -> None:
        self._stopped = True

    def ask(self) -> None:
        if not self._stopped:
            self._ask(self._record.action, self._record.timeout, self._answer)

    def _answer(self, well: bool) -> None:
        if self._stopped:
            return
        self._row = self._row + 1 if well is self._last else 1
        self._last = well
        self._eager = self._eager and not well
        if self._row >= (self._record.successes if well else self._record.failures):
            self._heard(well)
            if self._once:
                self._stopped = True
        if not self._stopped:
            period = self._record.period
            self._host.after(min(period, _EAGER_SECONDS) if self._eager else period, self.ask)
