import { useState } from "react";
import { complain } from "../../components/toast";
import type { Opened } from "../../editor/codemirror";
import { type Section, sectionsOf } from "../../editor/sections";

interface Props {
  text: string;
  editor: Opened | null;
  graph: boolean;
  showGraph: (shown: boolean) => void;
}

/** Above an editor: jump to a part, take a file's text, turn YAML into JSON and back, see the graph. */
export function ManifestTools({ text, editor, graph, showGraph }: Props) {
  const [sections, setSections] = useState<Section[]>(() => sectionsOf(text));
  const json = text.trimStart().startsWith("{");
  return (
    <div className="manifest-tools" role="toolbar" aria-label="Manifest">
      <select
        className="input"
        aria-label="Go to"
        value=""
        onFocus={() => setSections(sectionsOf(text))}
        onChange={(event) => editor?.goTo(Number(event.target.value))}
      >
        <option value="">Go to…</option>
        {sections.map(({ title, from }) => (
          <option key={from} value={from}>
            {title}
          </option>
        ))}
      </select>
      <label className="button">
        Open a file…
        <input
          type="file"
          className="visually-hidden"
          accept=".yaml,.yml,.json,text/*"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            void file?.text().then((read) => editor?.replace(read), complain);
            event.target.value = "";
          }}
        />
      </label>
      <button
        type="button"
        className="button"
        onClick={() => void other(text, json).then((next) => editor?.replace(next), complain)}
      >
        {json ? "As YAML" : "As JSON"}
      </button>
      <button type="button" className="button" aria-pressed={graph} onClick={() => showGraph(!graph)}>
        Graph
      </button>
    </div>
  );
}

/** The same manifest in the other notation; rejects with the error while it cannot be read. */
async function other(text: string, json: boolean): Promise<string> {
  const [{ stringify }, { readManifest }] = await Promise.all([import("yaml"), import("../../editor/lint")]);
  const manifest = readManifest(text);
  return json ? stringify(manifest) : `${JSON.stringify(manifest, null, 2)}\n`;
}
