import { Check } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  chosen: boolean;
  choose: () => void;
  /** What it does, for those who point at it. */
  hint?: string;
  /** Several are chosen one after the other: the menu stays open. */
  stay?: boolean;
  children: ReactNode;
}

/** An entry of a menu that is chosen or not. */
export function MenuChoice({ chosen, choose, hint, stay = false, children }: Props) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      title={hint}
      onClick={(event) => {
        if (stay) event.stopPropagation();
        choose();
      }}
    >
      <span className="menu-check">{chosen && <Check size={14} aria-hidden />}</span>
      {children}
    </button>
  );
}
