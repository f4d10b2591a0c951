import { one, type RawSearch } from "../../app/search";

export interface WidgetSearch {
  name?: string;
  label?: string;
  target?: string;
}

export function readWidgetSearch(raw: RawSearch): WidgetSearch {
  const search: WidgetSearch = {};
  for (const name of ["name", "label", "target"] as const) {
    const value = one(raw, name);
    if (value) search[name] = value;
  }
  return search;
}
