/** Whether letters alone are commands; who dictates or hits keys by mistake turns them off.  Kept in this browser. */
import { keepIn, keptIn } from "../components/kept";

export const LETTERS = ["on", "off"] as const;
export type Letters = (typeof LETTERS)[number];

const KEY = "tiphys.letters";

export const letters = (): Letters => keptIn<Letters>(KEY, "on");
export const setLetters = (next: Letters): void => keepIn(KEY, next);
