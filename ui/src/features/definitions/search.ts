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

/** The address of a list: what it is narrowed to. */
export interface ListSearch {
  /** Words that the name or a label has. */
  text?: string | undefined;
  /** Of schedules: `on` or `suspended`; of templates: `own` or `cluster`. */
  state?: string | undefined;
  /** Of schedules: `day` or `week`, the agenda of that time. */
  view?: string | undefined;
}

export function readListSearch(raw: RawSearch): ListSearch {
  const [text, state, view] = [one(raw, "text"), one(raw, "state"), one(raw, "view")];
  return { ...(text ? { text } : {}), ...(state ? { state } : {}), ...(view ? { view } : {}) };
}
