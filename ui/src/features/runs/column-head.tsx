import { type DragEvent, type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { RunColumn } from "./columns";

const STEP = 16;
const LEAST = 56;
/** Only columns are dropped on columns. */
const DRAGGED = "application/x-tiphys-column";

interface Props {
  column: RunColumn;
  /** Its width in pixels is chosen; `done` when it stays so. */
  resize: (id: string, width: number, done: boolean) => void;
  /** A column is dragged to the place of another; the menu of the table does the same by keys. */
  move: (id: string, to: string) => void;
}

/** The head of a column; its edge is dragged, or moved by the arrow keys, to make it wider, its title to move it. */
export function ColumnHead({ column, resize, move }: Props) {
  const head = useRef<HTMLSpanElement>(null);
  const begin = useRef<{ x: number; width: number } | null>(null);
  const width = (): number => head.current?.getBoundingClientRect().width ?? LEAST;
  const to = (wanted: number, done: boolean): void =>
    resize(column.id, Math.max(LEAST, Math.round(wanted)), done);
  const down = (event: PointerEvent<HTMLElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    begin.current = { x: event.clientX, width: width() };
  };
  const drag = (event: PointerEvent, done: boolean): void => {
    if (begin.current) to(begin.current.width + event.clientX - begin.current.x, done);
    if (done) begin.current = null;
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    to(width() + step, true);
  };
  const over = (event: DragEvent): void => {
    if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
  };
  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- the menu of the table moves columns by keys
    <span
      ref={head}
      role="columnheader"
      className={`col-${column.id} column-head`}
      onDragOver={over}
      onDrop={(event) => {
        event.preventDefault();
        move(event.dataTransfer.getData(DRAGGED), column.id);
      }}
    >
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the menu of the table moves columns by keys */}
      <span
        draggable
        className="column-title"
        onDragStart={(event) => event.dataTransfer.setData(DRAGGED, column.id)}
      >
        {column.title}
      </span>
      <button
        type="button"
        className="column-edge"
        aria-label={`Width of ${column.title}: arrows change it`}
        onPointerDown={down}
        onPointerMove={(event) => drag(event, false)}
        onPointerUp={(event) => drag(event, true)}
        onKeyDown={keys}
      />
    </span>
  );
}
