/** The address of the launch form; Argo's names of its submit panel stay valid. */
import { one, type RawSearch } from "../../app/search";
import type { Choices } from "./options";

/** What an address may fill in beside the parameters. */
export const FILLED = ["entryPoint", "labels", "generateName", "serviceAccount", "priority"] as const;

export interface LaunchSearch extends Partial<Record<(typeof FILLED)[number], string>> {
  /** `yaml`: the manifest is written. */
  tab?: "yaml" | undefined;
  template?: string | undefined;
  cluster?: string | undefined;
  cron?: string | undefined;
  /** `parameters[name]=value` fills a field in. */
  [parameter: `parameters[${string}]`]: string | undefined;
}

export function readLaunchSearch(raw: RawSearch): LaunchSearch {
  const search: LaunchSearch = {};
  if (one(raw, "tab") === "yaml") search.tab = "yaml";
  for (const name of ["template", "cluster", "cron", ...FILLED] as const) {
    const value = one(raw, name);
    if (value) search[name] = value;
  }
  for (const [name, value] of Object.entries(raw)) {
    const [first] = [value].flat();
    // An empty value is a value here.
    if (/^parameters\[.+\]$/.test(name) && typeof first === "string")
      search[name as `parameters[${string}]`] = first;
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

/** What else an address fills in. */
export const givenChoices = (search: LaunchSearch): Partial<Choices> =>
  Object.fromEntries(FILLED.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
