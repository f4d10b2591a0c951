import { type PointerEvent, useState } from "react";
import { duration } from "../../components/time";
import { ticksOf } from "./bars";

interface Props {
  /** Milliseconds that are shown. */
  span: number;
  zoom: number;
  /** Where the present is, in milliseconds from the start; undefined when it is the end, or long past. */
  present: number | undefined;
  zoomOn: (left: number, right: number) => void;
}

/** So few pixels are a click, not a stretch. */
const STRETCH = 6;

/** The scale of time; a stretch that is drawn on it is what is shown then. */
export function TimelineHead({ span, zoom, present, zoomOn }: Props) {
  const [brush, setBrush] = useState<{ from: number; to: number; left: number } | null>(null);
  const move = (event: PointerEvent): void => {
    if (brush) setBrush({ ...brush, to: event.clientX });
  };
  const end = (): void => {
    if (brush && Math.abs(brush.to - brush.from) > STRETCH)
      zoomOn(Math.min(brush.from, brush.to), Math.max(brush.from, brush.to));
    setBrush(null);
  };
  return (
    <div className="timeline-ticks" aria-hidden>
      <span className="timeline-corner" />
      <div
        className="timeline-track timeline-scale"
        title="Draw a stretch to zoom in on it"
        onPointerDown={(event) => {
          // A finger scrolls; two of them zoom.
          if (event.pointerType === "touch" || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const { left } = event.currentTarget.getBoundingClientRect();
          setBrush({ from: event.clientX, to: event.clientX, left });
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={() => setBrush(null)}
      >
        {ticksOf(span, zoom).map((tick) => (
          <span key={tick} className="timeline-tick" style={{ left: `${(100 * tick) / span}%` }}>
            {duration(tick / 1000)}
          </span>
        ))}
        {present !== undefined && (
          <span className="timeline-now" style={{ left: `${(100 * present) / span}%` }}>
            now
          </span>
        )}
        {brush && (
          <span
            className="timeline-brush"
            style={{
              left: Math.min(brush.from, brush.to) - brush.left,
              width: Math.abs(brush.to - brush.from),
            }}
          />
        )}
      </div>
    </div>
  );
}
