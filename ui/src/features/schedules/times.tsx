/** Moments as a list, on the clocks of a zone. */
export function Times({ times, zone }: { times: readonly string[]; zone: string }) {
  return (
    <ol className="next-runs">
      {times.map((time) => (
        <li key={time}>
          <Time moment={time} zone={zone} />
        </li>
      ))}
    </ol>
  );
}

export function Time({ moment, zone }: { moment: string; zone: string }) {
  const text = new Date(moment).toLocaleString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
  return <time dateTime={moment}>{text}</time>;
}
