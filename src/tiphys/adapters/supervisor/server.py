"""The process that owns the containers of one data directory.

One thread, one ``epoll``.  It outlives the controllers that talk to it; it ends when nothing runs and nobody was
connected for a few seconds.  If it is killed, sandboxed containers die with it, and the next supervisor reports
their pods as lost.  It holds no policy: what to run is in the plans, what became of it on disk.
"""

from __future__ import annotations

import contextlib
import heapq
import importlib
import itertools
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from functools import partial

import msgspec

from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.address import SOCKET, listen
from tiphys.adapters.supervisor.child import run_as_child
from tiphys.adapters.supervisor.crash import record_crash, words_of
from tiphys.adapters.supervisor.guard import GuardedHost
from tiphys.adapters.supervisor.journal import append_journal, create_journal, read_journal
from tiphys.adapters.supervisor.launcher import Launcher
from tiphys.adapters.supervisor.pod import Pod, write_file
from tiphys.adapters.supervisor.records import (
    Attach,
    Forget,
    Forgotten,
    Kill,
    Locate,
    Located,
    PodPlan,
    PodRecord,
    PodState,
    Reply,
    Report,
    Request,
    Start,
)
from tiphys.adapters.supervisor.unpublished import Unpublished
from tiphys.errors import reason_of

_IDLE_SECONDS = 3.0
_BLOCK = 1 << 18
_LOOK_SECONDS = 1.0

_decode = msgspec.json.Decoder(Request).decode
_encode = msgspec.json.Encoder().encode
_Key = tuple[str, str]


class _Client:
    """A connected controller and what it wants to hear of."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.fd = connection.fileno()
        self.received = b""
        self.pending = bytearray()
        self.keys: set[_Key] = set()
        self.runs: set[str] = set()

    def wants(self, key: _Key) -> bool:
        return key in self.keys or key[0] in self.runs


class Supervisor:
    """Runs pods as it is told and tells what becomes of them; implements ``launcher.Host``.

    Args:
        home: The data directory of the runtime, absolute.
        now: Seconds since the epoch.
    """

    def __init__(self, home: str, now: Callable[[], float]) -> None:
        self._home = home
        self._launchers: dict[str, Launcher] = {}
        self.now = now
        self._epoll = select.epoll()
        self._callbacks: dict[int, Callable[[], object]] = {}
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._children: dict[int, Callable[[int], None]] = {}
        self._pods: dict[_Key, Pod] = {}
        self._running = 0
        self._dirty: Unpublished[Pod] = Unpublished()
        self._clients: dict[int, _Client] = {}
        self._waiting: list[tuple[_Client, Forget, set[_Key]]] = []
        self._listener: socket.socket | None = None
        self._idle_since: float | None = None
        self._signals = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    # --- launcher.Host

    def watch(self, fd: int, callback: Callable[[], object]) -> None:
        """Call back whenever ``fd`` can be read or was closed at the other end."""
        self._callbacks[fd] = callback
        self._epoll.register(fd, select.EPOLLIN)

    def unwatch(self, fd: int) -> None:
        """Stop watching; before the descriptor is closed."""
        if self._callbacks.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def after(self, seconds: float, callback: Callable[[], object]) -> None:
        """Call back once, later."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), callback))

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None:
        """Call back with the exit code (or minus the signal) when the child ``pid`` ended."""
        self._children[pid] = callback

    def adopted(self) -> set[int]:
        """The children that somebody waits for."""
        return set(self._children)

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None:
        """Do ``work`` in a child that is killed after ``timeout`` seconds; call back with its exit code."""
        pid = os.fork()
        if pid == 0:
            run_as_child(work)
        self.adopt(pid, callback)

        def overdue() -> None:
            if self._children.get(pid) is callback:
                os.kill(pid, signal.SIGKILL)

        self.after(timeout, overdue)

    # --- life

    def run(self, first: socket.socket | None) -> None:
        """Serve until nothing is left to do.  ``first`` is the connection of the controller that started it."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._signals[1], warn_on_full_buffer=False)
        self.watch(self._signals[0], self._signalled)
        self._listener = listen(self._home)
        own = os.stat(f"{self._home}/{SOCKET}")
        self.watch(self._listener.fileno(), self._accept)
        if first is not None:
            self._add_client(first)
        self.after(_LOOK_SECONDS, self._look)
        while not self._finished():
            self._tick()
        with contextlib.suppress(OSError):
            # The data directory may have been deleted and made again: then the socket there is another supervisor's.
            if os.path.samestat(own, os.stat(f"{self._home}/{SOCKET}")):
                os.unlink(f"{self._home}/{SOCKET}")

    def _tick(self) -> None:
        timeout = 1.0
        moments = [moment for moment in (self._timers[0][0] if self._timers else None, self._dirty.next()) if moment]
        if moments:
            timeout = min(timeout, max(0.0, min(moments) - time.monotonic()))
        for fd, _ in self._epoll.poll(timeout):
            callback = self._callbacks.get(fd)
            if callback is not None:
                self._call(callback)
        while self._timers and self._timers[0][0] <= time.monotonic():
            self._call(heapq.heappop(self._timers)[2])
        if self._dirty:
            self._call(self._publish)

    def _call(self, callback: Callable[[], object]) -> None:
        """One callback's trouble must not end the others: what goes wrong is written down."""
        try:
            callback()
        except Exception:
            record_crash(self._home)

    def _attempt(self, pod: Pod, work: Callable[[], object]) -> None:
        """What a pod does; an exception that nobody expected ends it in Error: it would be Running for ever."""
        try:
            work()
        except Exception as error:
            record_crash(self._home)
            pod.give_up(words_of(error))

    def _finished(self) -> bool:
        if self._clients or self._running:
            self._idle_since = None
            return False
        now = time.monotonic()
        if self._idle_since is None:
            self._idle_since = now
        return now - self._idle_since > _IDLE_SECONDS

    def _signalled(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._signals[0], 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            callback = self._children.pop(pid, None)
            if callback is not None:
                self._call(partial(callback, os.waitstatus_to_exitcode(status)))

    def _look(self) -> None:
        """Read the progress of every pod."""
        self.after(_LOOK_SECONDS, self._look)
        for pod in list(self._pods.values()):
            self._attempt(pod, pod.look)

    # --- clients

    def _accept(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(BlockingIOError):
            self._add_client(self._listener.accept()[0])

    def _add_client(self, connection: socket.socket) -> None:
        client = _Client(connection)
        self._clients[client.fd] = client
        self.watch(client.fd, lambda: self._receive(client))

    def _receive(self, client: _Client) -> None:
        if client.pending:
            self._flush(client)
        try:
            data = client.connection.recv(_BLOCK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        *lines, client.received = (client.received + data).split(b"\n")
        for line in lines:
            self._call(partial(self._handle, client, _decode(line)))

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.fd, None) is not None:
            self.unwatch(client.fd)
            client.connection.close()

    def _send(self, client: _Client, reply: Reply) -> None:
        client.pending += _encode(reply) + b"\n"

    def _flush(self, client: _Client) -> None:
        try:
            while client.pending:
                sent = client.connection.send(client.pending)
                del client.pending[:sent]
        except BlockingIOError:
            pass
        except OSError:
            return self._drop(client)
        events = select.EPOLLIN | (select.EPOLLOUT if client.pending else 0)
        return self._epoll.modify(client.fd, events)

    def _handle(self, client: _Client, request: Request) -> None:
        if isinstance(request, Start):
            self._start(client, request.plan)
        elif isinstance(request, Kill):
            pod = self._pods.get((request.uid, request.node_id))
            if pod is not None:
                grace = pod.plan.grace if request.grace is None else request.grace
                self._attempt(pod, partial(pod.kill, grace))
        elif isinstance(request, Locate):
            pod = self._pods.get((request.uid, request.node_id))
            self._send(client, Located(request.ticket, pod.process(request.container) if pod is not None else 0))
        elif isinstance(request, Attach):
            client.runs.add(request.uid)
            for node_id in _entries(layout.run_directory(self._home, request.uid)):
                self._report_known(client, (request.uid, node_id))
        else:
            self._forget(client, request)
        if client.pending:
            self._flush(client)

    # --- pods

    def _start(self, client: _Client, plan: PodPlan) -> None:
        key = (plan.uid, plan.node_id)
        client.keys.add(key)
        directory = layout.pod_directory(self._home, *key)
        if key in self._pods or (os.path.exists(directory) and read_journal(directory) is not None):
            return self._report_known(client, key)
        try:
            pod = self._make(plan, directory)
        except Exception as error:
            record_crash(self._home)
            state = PodState(uid=plan.uid, node_id=plan.node_id, phase="Error", message=words_of(error))
            return self._send(client, Report(state))
        self._pods[key] = pod
        self._running += 1
        self._dirty.began(key, time.monotonic())
        return self._attempt(pod, partial(self._begin, pod))

    def _make(self, plan: PodPlan, directory: str) -> Pod:
        host = GuardedHost(self, lambda work: self._attempt(pod, work))
        pod = Pod(plan, directory, host, self._launcher, self._mark_dirty)
        return pod

    def _begin(self, pod: Pod) -> None:
        try:
            self._claim(pod.plan, pod.directory)
        except OSError as error:
            return pod.break_off(f"the pod's directory cannot be prepared: {reason_of(error)}")
        return pod.begin()

    def _claim(self, plan: PodPlan, directory: str) -> None:
        """Make the pod's directory; from the journal on it counts as started."""
        try:
            os.mkdir(directory, 0o755)
        except FileNotFoundError:
            os.makedirs(directory, 0o755)
        except FileExistsError:  # an earlier supervisor died before it started anything of this pod
            from tiphys.adapters.executor.removal import remove_tree

            remove_tree(directory)
            os.mkdir(directory, 0o755)
        if plan.refusal is None:
            self._launcher(plan).prepare(plan, directory)
        create_journal(directory, _encode(plan.record()))

    def _launcher(self, record: PodRecord) -> Launcher:
        """What launches the containers of a pod: of the runtime that planned it."""
        name = record.launcher
        if name not in self._launchers:
            make = importlib.import_module(name).make_launcher
            self._launchers[name] = make(self._home)
        return self._launchers[name]

    def _tidy(self, pod: Pod, *, failed: bool) -> None:
        if pod.plan.refusal is None:
            self._launcher(pod.plan).tidy(pod.plan, failed=failed)
        if failed:
            with contextlib.suppress(OSError):
                os.makedirs(layout.kept_directory(self._home), 0o700, exist_ok=True)
                write_file(layout.kept_mark(self._home, pod.plan.uid, pod.plan.node_id), b"")

    def _mark_dirty(self, pod: Pod) -> None:
        self._dirty.mark((pod.plan.uid, pod.plan.node_id), pod)

    def _publish(self) -> None:
        """Journal and report the pods that changed, once per turn of the loop."""
        for key, pod in self._dirty.due(time.monotonic()):
            self._attempt(pod, partial(self._publish_pod, key, pod))
        self._answer_forgotten()
        for client in list(self._clients.values()):
            if client.pending:
                self._flush(client)

    def _publish_pod(self, key: _Key, pod: Pod) -> None:
        state = pod.state()
        if state.ended:
            self._call(partial(self._tidy, pod, failed=state.phase != "Succeeded"))
        with contextlib.suppress(OSError):
            append_journal(pod.directory, _encode(state))
        for client in self._clients.values():
            if client.wants(key):
                self._send(client, Report(state))
        if state.ended and self._pods.pop(key, None) is not None:
            self._running -= 1

    def _report_known(self, client: _Client, key: _Key) -> None:
        """Report a pod that runs here, ended, or was lost with an earlier supervisor."""
        pod = self._pods.get(key)
        if pod is not None:
            return self._send(client, Report(pod.state(), known=True))
        directory = layout.pod_directory(self._home, *key)
        known = read_journal(directory)
        if known is None:
            return None
        record, state = known
        if not state.ended:
            state = self._lose(directory, record, state)
        return self._send(client, Report(state, known=True))

    def _lose(self, directory: str, record: PodRecord, state: PodState) -> PodState:
        """Record that a pod vanished with its supervisor, and end what may be left of it."""
        self._call(lambda: self._launcher(record).lose(record, directory))
        lost = msgspec.structs.replace(state, phase="Failed", lost=True)
        append_journal(directory, b"\n" + _encode(lost))
        return lost

    def _forget(self, client: _Client, request: Forget) -> None:
        keys = {key for key in self._pods if key[0] == request.uid and request.node_id in {None, key[1]}}
        for pod in [self._pods[key] for key in keys]:
            self._attempt(pod, partial(pod.kill, 0))
        self._waiting.append((client, request, keys))
        self._answer_forgotten()

    def _answer_forgotten(self) -> None:
        waiting, self._waiting = self._waiting, []
        for client, request, keys in waiting:
            if any(key in self._pods for key in keys):
                self._waiting.append((client, request, keys))
            else:
                self._send(client, Forgotten(request.ticket))


def _entries(path: str) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []
