"""When schedules fire.  Arithmetic on wall clocks is cronsim's; what a change of clocks means is decided here.

Where clocks jump forward a firing in the gap does not happen; where they are turned back, one in the hour that comes
twice happens twice: that is Argo.  ``Daylight.ONCE`` fires once in either case, at the end of the gap or at the
first of the two moments.
"""

from __future__ import annotations

import enum
import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from cronsim import CronSim, CronSimError

from tiphys.core.schedule.fields import Schedule

Zones = Callable[[str], tzinfo]
"""A time zone by its name; raises ``LookupError`` for an unknown one."""

#: Clocks are never turned by more than this.
_WIDEST = timedelta(hours=3)
#: A schedule that does not fire within so many years (``0 0 30 2 *``) never does.
_HORIZON = timedelta(days=5 * 366)


class Daylight(enum.Enum):
    """What becomes of firings when clocks are changed."""

    ARGO = "argo"
    ONCE = "once"


class Firing:
    """The moments at which one schedule fires.

    ``zone`` is used where the schedule's text sets none; ``anchor`` is from when ``@every`` is counted.
    """

    def __init__(
        self,
        schedule: Schedule,
        zone: tzinfo,
        zones: Zones,
        *,
        anchor: datetime,
        daylight: Daylight = Daylight.ARGO,
    ) -> None:
        self._schedule = schedule
        self._zone = zones(schedule.zone) if schedule.zone else zone
        self._anchor = anchor.replace(microsecond=0)
        self._daylight = daylight

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The moments after ``moment``, in order, in UTC; without end, unless the schedule never fires."""
        every = self._schedule.every
        if every is not None:
            yield from self._regular(moment, every)
            return
        pending: list[datetime] = []
        last: datetime | None = None
        # Start early on the wall clock: it may have been turned back since.
        start = moment.astimezone(self._zone).replace(tzinfo=None) - _WIDEST
        for wall in self._walls(start):
            for found in self._moments(wall):
                if found > moment:
                    heapq.heappush(pending, found)
            settled = self._utc(wall) - _WIDEST
            while pending and pending[0] <= settled:
                found = heapq.heappop(pending)
                if found != last:
                    yield found
                last = found
        yield from sorted(set(pending) - {last})

    def _regular(self, moment: datetime, every: timedelta) -> Iterator[datetime]:
        steps = max(0, (moment - self._anchor) // every)
        following = self._anchor + every * (steps + 1)
        while True:
            yield following.astimezone(UTC)
            following += every

    def _walls(self, start: datetime) -> Iterator[datetime]:
        """Readings of a wall clock that match, without a time zone."""
        last = start
        try:
            for wall in CronSim(" ".join(self._schedule.fields), start):
                if wall - last > _HORIZON:
                    return
                yield wall
                last = wall
        except CronSimError:  # a day that no month has
            return

    def _utc(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self._zone).astimezone(UTC)

    def _moments(self, wall: datetime) -> Sequence[datetime]:
        """When a wall clock shows this: once, in a gap never, in an hour that comes twice twice."""
        first = wall.replace(tzinfo=self._zone, fold=0)
        second = wall.replace(tzinfo=self._zone, fold=1)
        one, two = first.astimezone(UTC), second.astimezone(UTC)
        if one == two:
            return (one,)
        gap = one.astimezone(self._zone).replace(tzinfo=None) != wall
        if self._daylight is Daylight.ARGO:
            return () if gap else (one, two)
        # In a gap the two readings lie on either side of it; the clock shows the jump between them.
        return (self._jump(two, one),) if gap else (one,)

    def _jump(self, before: datetime, behind: datetime) -> datetime:
        """The moment between two at which the clocks are changed."""
        old = before.astimezone(self._zone).utcoffset()
        while behind - before > timedelta(seconds=1):
            middle = before + (behind - before) // 2
            if middle.astimezone(self._zone).utcoffset() == old:
                before = middle
            else:
                behind = middle
        return behind.replace(microsecond=0)


def between(firings: Sequence[Firing], start: datetime, end: datetime) -> Iterator[datetime]:
    """All moments after ``start`` and not after ``end``, in order; what coincides comes once."""
    last: datetime | None = None
    for moment in heapq.merge(*(firing.after(start) for firing in firings)):
        if moment > end:
            return
        if moment != last:
            yield moment
        last = moment


def following(firings: Sequence[Firing], moment: datetime) -> datetime | None:
    """The first moment after ``moment``; None when nothing ever fires again."""
    return next(iter(heapq.merge(*(firing.after(moment) for firing in firings))), None)


def latest(firings: Sequence[Firing], start: datetime, end: datetime) -> datetime | None:
    """The last moment after ``start`` and not after ``end``.

    The way back is walked in growing steps, so a schedule that was not looked at for years costs little.
    """
    step = timedelta(hours=1)
    while True:
        begin = max(start, end - step)
        found = None
        for moment in between(firings, begin, end):
            found = moment
        if found is not None or begin <= start:
            return found
        step *= 8
