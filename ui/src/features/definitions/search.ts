/** The address of a kept object's page: the view that is open, under Argo's name, and the version that is looked at. */
import { one, type RawSearch } from "../../app/search";

export interface ObjectSearch {
  tab?: string | undefined;
  version?: number | undefined;
}

export function readObjectSearch(raw: RawSearch): ObjectSearch {
  const tab = one(raw, "tab");
  const version = Number(one(raw, "version"));
  return { ...(tab ? { tab } : {}), ...(Number.isInteger(version) && version > 0 ? { version } : {}) };
}
