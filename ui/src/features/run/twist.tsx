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
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- the row is what is pressed with keys
    <span
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
