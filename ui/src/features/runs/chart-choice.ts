/** What the chart above the list shows: kept for each person. */
export const CHARTS = ["durations", "counts", "none"] as const;
export type ChartChoice = (typeof CHARTS)[number];

/** What was kept, else durations. */
export const chartNamed = (kept: unknown): ChartChoice => CHARTS.find((each) => each === kept) ?? "durations";
