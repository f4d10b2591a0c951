"""Calls of objects: at once where they are on this machine, in threads where they are far away."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
#: Takes the result of a call, or raises its error.
Result = Callable[[], T]
_WORKERS = 8


class Calls(Generic[K]):
    """One call at a time for each key; what comes of it is handed over in the loop, by ``turn``.

    ``woken`` is called from a thread when there is something to hand over.
    """

    def __init__(self, woken: Callable[[], None]) -> None:
        self._woken = woken
        self._pool: ThreadPoolExecutor | None = None
        #: By key: whether the call is done, and what hands its result over.
        self._running: dict[K, tuple[Callable[[], bool], Callable[[], None]]] = {}

    def call(self, key: K, action: Callable[[], T], then: Callable[[Result[T]], None]) -> None:
        """Do ``action`` in a thread, and ``then`` hand its result over."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(_WORKERS, "tiphys-objects")
        future: Future[T] = self._pool.submit(action)
        self._running[key] = (future.done, lambda: then(future.result))
        future.add_done_callback(lambda _: self._woken())

    def busy(self, key: K) -> bool:
        """Whether a call of this key is under way."""
        return key in self._running

    def turn(self) -> None:
        """Hand over what is done."""
        for key in [key for key, (done, _) in self._running.items() if done()]:
            _, hand_over = self._running.pop(key)
            hand_over()

    def drop(self, key: K) -> None:
        """Forget the call of a key; it may go on, and nobody hears of it."""
        self._running.pop(key, None)

    def close(self) -> None:
        """End the threads once they are done."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
