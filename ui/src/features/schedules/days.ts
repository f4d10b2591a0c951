/** Days and weeks as a schedule's time zone has them; pure. */

/** A moment as the day that it is in a zone: `2026-03-01`. */
export function dayOf(moment: string | number, zone: string | undefined): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...(zone ? { timeZone: zone } : {}),
  });
  return parts.format(new Date(moment));
}

/** The clock of a moment in a zone: `07:30`. */
export function clockOf(moment: string, zone: string | undefined): string {
  return new Date(moment).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(zone ? { timeZone: zone } : {}),
  });
}

const DAY = 86_400_000;

/** The days of so many weeks, from the Monday of the week that a day is in. */
export function daysFrom(day: string, weeks: number): string[] {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const monday = noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY;
  return Array.from({ length: 7 * weeks }, (_, at) => new Date(monday + at * DAY).toISOString().slice(0, 10));
}

/** A day that lies so many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** True when the clocks of a zone are changed in the course of a day. */
export function clocksChange(day: string, zone: string | undefined): boolean {
  const hour = (at: number): string =>
    new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      ...(zone ? { timeZone: zone } : {}),
    }).format(new Date(at));
  // The same wall clock a day later, unless clocks were changed between: read at this day's noon and the last's.
  const noon = Date.parse(`${day}T12:00:00Z`);
  return hour(noon) !== hour(noon - DAY);
}

/** Moments by day. */
export function byDay<T>(
  items: readonly T[],
  moment: (item: T) => string | undefined,
  zone: string | undefined,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const at = moment(item);
    if (!at) continue;
    const day = dayOf(at, zone);
    const list = found.get(day);
    if (list) list.push(item);
    else found.set(day, [item]);
  }
  return found;
}
