"""The runtime of ``http``, ``plugin`` and ``data`` templates: each in a thread, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import TYPE_CHECKING

from msgspec import Struct

from tiphys.adapters.executor.leaf import LeafRuntime
from tiphys.adapters.executor.leafrecords import Record
from tiphys.adapters.runtimes.agent.work import REPEATABLE, Done, Plugin, SecretLookup, Task, method_of
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodKey, PodRequest

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tiphys.adapters.runtimes.agent.plugin import Plugins
    from tiphys.adapters.runtimes.agent.workers import Workers

#: As many as Argo's agent has workers.
WORKERS = 16
_ASKED, _SENDING = "waiting", "sending"
_ENDED = frozenset({"Succeeded", "Failed", "Error", "Skipped", "Omitted"})
_UNKNOWN = "the request was under way when the controller ended; whether it arrived is not known"


class _Work(Struct):
    record: Record
    future: Future[Done]
    cancelled: Event


class AgentRuntime(LeafRuntime):
    """Carries templates out that need no container.

    ``secret`` looks up keys of Secrets when they are used, ``plugins`` are those of a
    workflow (namespace, name), ``woken`` is called
    from a thread when something has ended, ``options`` are those of artifact drivers.
    """

    name = "agent"

    def __init__(
        self,
        directory: str,
        clock: Clock,
        *,
        secret: SecretLookup,
        plugins: Callable[[str, str], Sequence[Plugin]],
        woken: Callable[[], None],
        options: dict[str, str],
    ) -> None:
        super().__init__(directory, clock)
        self._secret = secret
        self._plugins_of = plugins
        self._on_wake = woken
        self._options = options
        self._plugins: Plugins | None = None
        self._work: dict[PodKey, _Work] = {}
        self._later: dict[PodKey, tuple[datetime, Record]] = {}
        self._lock = Lock()
        self._workers: Workers | None = None

    def begin(self, record: Record, request: PodRequest) -> None:
        """Write down that it is asked for, and let a thread do it."""
        if record.template.get("data") is None:  # Argo runs these in no pod: they are Pending until they end
            record.container, record.phase = False, "Pending"
        self.keep(record, _ASKED)
        self._submit(record)

    def resume(self, record: Record) -> None:
        """Do again what does no harm twice; of other requests it is not known whether they arrived."""
        sent = record.state == _SENDING and record.template.get("http") is not None
        if sent and method_of(record.template) not in REPEATABLE:
            self.end(record, "Error", _UNKNOWN)
            return
        self._submit(record)

    def turn(self) -> None:
        """Take what has ended, and ask plugins again that wanted to be."""
        now = self._clock.now()
        for key in [key for key, (due, _) in self._later.items() if due <= now]:
            self._submit(self._later.pop(key)[1])
        for key in [key for key, work in self._work.items() if work.future.done()]:
            self._take(self._work.pop(key))

    def cancel(self, record: Record) -> None:
        """Let the thread end by itself; nobody waits for it."""
        self._later.pop(record.key, None)
        work = self._work.pop(record.key, None)
        if work is not None:
            with self._lock:
                work.cancelled.set()
            work.future.cancel()

    def close(self) -> None:
        """Let go of all threads."""
        for work in self._work.values():
            work.cancelled.set()
        if self._workers is not None:
            self._workers.close()

    def _submit(self, record: Record) -> None:
        cancelled = Event()
        task = self._task(record, cancelled)
        future = self._hands().submit(lambda: self._perform(record, task))
        future.add_done_callback(lambda _: self._ring())
        self._work[record.key] = _Work(record, future, cancelled)

    def _ring(self) -> None:
        self.wake()
        self._on_wake()

    def _task(self, record: Record, cancelled: Event) -> Task:
        return Task(
            uid=record.uid,
            workflow=record.workflow,
            namespace=record.namespace,
            template=record.template,
            secret=self._secret,
            cancelled=cancelled,
        )

    def _perform(self, record: Record, task: Task) -> Done:
        """In a thread."""
        if task.template.get("http") is not None:
            from tiphys.adapters.runtimes.agent import http

            with self._lock:
                if task.cancelled.is_set():
                    return Done(phase="Failed")
                self.keep(record, _SENDING)
            return http.perform(task)
        if task.template.get("plugin") is not None:
            return self._asking().perform(task, self._plugins_of(task.namespace, task.workflow))
        if task.template.get("data") is not None:
            from tiphys.adapters.runtimes.agent import data

            return data.perform(task, self._options)
        kinds = sorted(key for key, value in task.template.items() if value is not None and key != "name")
        return Done(phase="Error", message=f"error processing task: agent cannot execute: unknown task type: {kinds}")

    def _asking(self) -> Plugins:
        """What knows which plugins execute no templates."""
        from tiphys.adapters.runtimes.agent.plugin import Plugins

        with self._lock:
            if self._plugins is None:
                self._plugins = Plugins()
            return self._plugins

    def _hands(self) -> Workers:
        """The threads; most runs need none, and starting up must not pay for them."""
        if self._workers is None:
            from tiphys.adapters.runtimes.agent.workers import Workers

            self._workers = Workers(WORKERS, "tiphys-agent")
        return self._workers

    def _take(self, work: _Work) -> None:
        record = work.record
        try:
            done = work.future.result()
        except Exception as error:  # a fault of ours must end this node and no other
            self.end(record, "Error", f"error processing task: {type(error).__name__}")
            return
        record.result, record.progress = done.result, done.progress
        record.parameters, record.artifacts = done.parameters, done.artifacts
        if done.phase in _ENDED:
            exit_message = done.message if done.exit_code else ""
            message = "" if done.exit_code is not None else done.message
            self.end(record, done.phase, message, exit_code=done.exit_code, exit_message=exit_message)
            return
        record.phase, record.message = done.phase, done.message
        seconds = done.requeue if done.requeue is not None else 1.0
        self._later[record.key] = (self._clock.now() + timedelta(seconds=seconds), record)
        self.report(record)
