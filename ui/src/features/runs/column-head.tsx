import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { RunColumn } from "./columns";

const STEP = 16;
const LEAST = 56;

interface Props {
  column: RunColumn;
  /** Its width in pixels was chosen. */
  resize: (id: string, width: number) => void;
}

/** The head of a column; its edge is dragged, or moved by the arrow keys, to make it wider. */
export function ColumnHead({ column, resize }: Props) {
  const head = useRef<HTMLSpanElement>(null);
  const begin = useRef<{ x: number; width: number } | null>(null);
  const width = (): number => head.current?.getBoundingClientRect().width ?? LEAST;
  const to = (wanted: number): void => resize(column.id, Math.max(LEAST, Math.round(wanted)));
  const down = (event: PointerEvent<HTMLElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    begin.current = { x: event.clientX, width: width() };
  };
  const move = (event: PointerEvent): void => {
    if (begin.current) to(begin.current.width + event.clientX - begin.current.x);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    to(width() + step);
  };
  return (
    <span ref={head} role="columnheader" className={`col-${column.id} column-head`}>
      {column.title}
      <button
        type="button"
        className="column-edge"
        aria-label={`Width of ${column.title}: arrows change it`}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => {
          begin.current = null;
        }}
        onKeyDown={keys}
      />
    </span>
  );
}
