/** What a change of a kept object must not overwrite; pure. */
import type { KeptObject } from "../../api/definitions";

/** The manifest as a change of `live`, whose status and resource version it takes over. */
export function changeOf(live: KeptObject, manifest: Record<string, unknown>): Record<string, unknown> {
  const { resourceVersion } = metadataOf(live);
  return {
    ...manifest,
    metadata: { ...metadataOf(manifest), resourceVersion },
    ...(live.status ? { status: live.status } : {}),
  };
}

/** Metadata that only servers write. */
const SERVERS = ["resourceVersion", "generation", "uid", "creationTimestamp", "managedFields"];

/** What is shown to be edited: a status is not somebody's to write. */
export function editable(object: KeptObject): KeptObject {
  const { status: _status, ...others } = object;
  const metadata = Object.entries(metadataOf(object)).filter(([key]) => !SERVERS.includes(key));
  return { ...others, metadata: Object.fromEntries(metadata) };
}

const metadataOf = (object: { metadata?: unknown }): Record<string, unknown> =>
  (object.metadata ?? {}) as Record<string, unknown>;
