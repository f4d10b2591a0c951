/** Stretches of time that people think in, in milliseconds. */
const SECONDS = [1, 5, 15, 30];
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200];

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;
export const SPANS: readonly number[] = [
  ...SECONDS.map((seconds) => seconds * 1000),
  ...MINUTES.map((minutes) => minutes * MINUTE),
];
