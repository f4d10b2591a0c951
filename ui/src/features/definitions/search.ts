/** The address of a kept object's page: the view that is open, under Argo's name. */
import { one, type RawSearch } from "../../app/search";

export interface ObjectSearch {
  tab?: string | undefined;
}

export function readObjectSearch(raw: RawSearch): ObjectSearch {
  const tab = one(raw, "tab");
  return tab ? { tab } : {};
}
