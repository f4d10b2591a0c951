import { useState } from "react";
import { reasonOf } from "../../api/reason";
import type { Artifact } from "../../api/types";
import { uploadArtifact } from "../../api/workflows";

interface Props {
  namespace: string;
  template: string;
  artifacts: readonly Artifact[];
  keys: Readonly<Record<string, string>>;
  change: (keys: Record<string, string>) => void;
}

/** A file for each artifact that the template is given; what is not chosen stays as the template has it. */
export function Uploads({ namespace, template, artifacts, keys, change }: Props) {
  const [said, setSaid] = useState<Record<string, string>>({});
  if (artifacts.length === 0) return null;
  const tell = (name: string, text: string): void => setSaid((before) => ({ ...before, [name]: text }));
  const send = async (name: string, file: File): Promise<void> => {
    tell(name, `Sending ${file.name}…`);
    try {
      const { key } = await uploadArtifact(namespace, template, name, file);
      change({ ...keys, [name]: key });
      tell(name, `${file.name} is there`);
    } catch (error) {
      tell(name, reasonOf(error));
    }
  };
  return (
    <fieldset className="parameters">
      <legend>Files</legend>
      {artifacts.map(({ name = "" }) => (
        <label key={name} className="field">
          {name}
          <input
            className="input"
            type="file"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void send(name, file);
            }}
          />
          <span className="hint" role="status">
            {said[name]}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
