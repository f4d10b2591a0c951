/** What a person chose in the UI, kept by the server so that it follows them; ours, so another server may not know it. */
import { call, segment } from "./client";

export type Preferences = Readonly<Record<string, unknown>>;

export async function readPreferences(signal: AbortSignal): Promise<Preferences> {
  return (await call<{ preferences: Preferences }>("api/x/v1/preferences", { signal })).preferences;
}

export function savePreference(name: string, value: unknown): Promise<unknown> {
  return call(`api/x/v1/preferences/${segment(name)}`, { method: "PUT", body: { value } });
}
