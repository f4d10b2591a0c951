import { ChevronRight } from "lucide-react";

interface Props {
  /** Whether there is anything to fold. */
  folds: boolean;
  open: boolean;
  flip: () => void;
}

/** What folds a row with the mouse; the arrow keys do it in the row. */
export function Twist({ folds, open, flip }: Props) {
  if (!folds) return <span className="twist" />;
  return (
    <span
      role="presentation"
      className={open ? "twist open" : "twist"}
      onClick={(event) => {
        event.stopPropagation();
        flip();
      }}
    >
      <ChevronRight size={14} aria-hidden />
    </span>
  );
}
