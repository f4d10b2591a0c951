/** The address of the launch form; Argo's names of its submit panel stay valid. */
import { one, type RawSearch } from "../../app/search";

export interface LaunchSearch {
  template?: string | undefined;
  cluster?: string | undefined;
  cron?: string | undefined;
  /** `parameters[name]=value` fills a field in. */
  [parameter: `parameters[${string}]`]: string | undefined;
}

export function readLaunchSearch(raw: RawSearch): LaunchSearch {
  const search: LaunchSearch = {};
  for (const name of ["template", "cluster", "cron"] as const) {
    const value = one(raw, name);
    if (value) search[name] = value;
  }
  for (const name of Object.keys(raw)) {
    const value = one(raw, name);
    if (/^parameters\[.+\]$/.test(name) && value !== undefined)
      search[name as `parameters[${string}]`] = value;
  }
  return search;
}

/** The values that an address fills in. */
export function givenValues(search: LaunchSearch): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(search as Record<string, string | undefined>)) {
    const parameter = /^parameters\[(.+)\]$/.exec(name)?.[1];
    if (parameter && value !== undefined) values[parameter] = value;
  }
  return values;
}
