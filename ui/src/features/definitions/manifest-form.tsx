import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../components/toast";
import { ManifestEditor } from "./manifest-editor";

interface Props {
  kind: string;
  object: { metadata?: object };
  lint: (manifest: unknown) => Promise<unknown>;
  save: (manifest: Record<string, unknown>) => Promise<void>;
}

/** An object's YAML to edit; findings appear while it is written, a refusal keeps what was typed. */
export function ManifestForm({ kind, object, lint, save }: Props) {
  // The editor keeps the text that it began with: an object that changed meanwhile is refused by the server.
  const [first] = useState(object);
  const text = useQuery({
    queryKey: ["yaml", kind, JSON.stringify(first)],
    queryFn: async () => {
      const { stringify } = await import("yaml");
      const { managedFields: _fields, ...metadata } = (first.metadata ?? {}) as Record<string, unknown>;
      return stringify({ apiVersion: "argoproj.io/v1alpha1", kind, ...first, metadata });
    },
    staleTime: Infinity,
  });
  const keep = async (manifest: Record<string, unknown>): Promise<void> => {
    const { metadata } = manifest;
    // Each save makes a new version: the one that the editor began with would be refused the second time.
    if (typeof metadata === "object" && metadata !== null && "resourceVersion" in metadata) {
      const current = (object.metadata ?? {}) as { resourceVersion?: string };
      metadata.resourceVersion = current.resourceVersion;
    }
    await save(manifest);
    say("Saved");
  };
  if (text.data === undefined) return <div className="skeleton" role="status" aria-label="Loading" />;
  return <ManifestEditor kind={kind} text={text.data} lint={lint} save={keep} label="Save" changedOnly />;
}
