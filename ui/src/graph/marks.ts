/** How boxes are set off at the moment; what a box is does not change with it. */
import { createContext, use } from "react";
import type { RunNode } from "../features/run/model";

export interface Marks {
  chosen: string | undefined;
  /** Nodes that are chosen together. */
  picked: ReadonlySet<string>;
  faded: (id: string) => boolean;
  again: (id: string) => boolean;
  critical: ReadonlySet<string>;
  /** The class of a node's colour; empty for the colour of its phase. */
  look: (node: RunNode | undefined) => string;
  flip: (id: string) => void;
}

export const MarksContext = createContext<Marks | null>(null);

export function useMarks(): Marks {
  const marks = use(MarksContext);
  if (!marks) throw new Error("boxes belong into a graph");
  return marks;
}
