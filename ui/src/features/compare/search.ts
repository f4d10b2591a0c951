/** The address of a comparison: the names of two runs. */
import { one, type RawSearch } from "../../app/search";

export interface CompareSearch {
  a?: string | undefined;
  b?: string | undefined;
}

export function readCompareSearch(raw: RawSearch): CompareSearch {
  const [a, b] = [one(raw, "a"), one(raw, "b")];
  return { ...(a ? { a } : {}), ...(b ? { b } : {}) };
}
