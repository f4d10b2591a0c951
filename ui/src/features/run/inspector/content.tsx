import { lazy, Suspense, useEffect, useState } from "react";
import { Markdown } from "../../../components/markdown";
import { csvRows, type PreviewKind } from "./preview-kind";
import { useRead } from "./use-read";

const Members = lazy(() => import("./members"));

/** How much of a text is shown. */
const SHOWN = 200_000;
/** A zero within this many letters is in no text. */
const LOOKED_AT = 8192;

/** The beginning of a text; null for what is none. */
async function start(blob: Blob): Promise<string | null> {
  const text = await blob.slice(0, SHOWN).text();
  return text.slice(0, LOOKED_AT).includes("\0") ? null : text;
}

interface Props {
  blob: Blob;
  kind: PreviewKind;
  name: string;
  /** The size of the whole; more than the blob's where only its beginning was read. */
  size: number;
}

/** What a file looks like; pages are shown in a frame that may run nothing. */
export function Content({ blob, kind, name, size }: Props) {
  // Only texts can be shown by their beginning.
  const whole = blob.size >= size;
  if (kind === "none" || (!whole && ["image", "pdf", "archive"].includes(kind)))
    return <NotShown size={size} />;
  if (kind === "image" || kind === "pdf") return <Held blob={blob} name={name} kind={kind} />;
  if (kind === "archive")
    return (
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
        <Members blob={blob} name={name} />
      </Suspense>
    );
  return <Text blob={blob} kind={kind} name={name} size={size} />;
}

function NotShown({ size }: { size: number }) {
  return <p className="dim">This file is not shown here ({size.toLocaleString("en")} bytes): download it.</p>;
}

function Text({ blob, kind, name, size }: Props) {
  const text = useRead(blob, start).value;
  if (text === undefined) return null;
  if (text === null) return <NotShown size={size} />;
  if (kind === "page") return <iframe className="preview-frame" title={name} sandbox="" srcDoc={text} />;
  if (kind === "csv") return <Cells text={text} />;
  if (kind === "markdown") return <Markdown text={text} />;
  return (
    <>
      <pre tabIndex={0}>{kind === "json" ? indented(text) : text}</pre>
      {size > SHOWN && (
        <p className="dim">
          The first {SHOWN.toLocaleString("en")} of {size.toLocaleString("en")} bytes.
        </p>
      )}
    </>
  );
}

/** What the browser itself draws, from memory. */
function Held({ blob, name, kind }: { blob: Blob; name: string; kind: "image" | "pdf" }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    // Stores often say octet-stream, which would be a download.
    const typed = kind === "pdf" ? new Blob([blob], { type: "application/pdf" }) : blob;
    const made = URL.createObjectURL(typed);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- an object URL must be made and revoked in pairs
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob, kind]);
  if (!url) return null;
  return kind === "pdf" ? (
    <iframe className="preview-frame" title={name} src={url} />
  ) : (
    <img className="preview-image" src={url} alt={name} />
  );
}

function Cells({ text }: { text: string }) {
  const [head = [], ...rows] = csvRows(text, 100);
  return (
    <div className="table-card">
      <table className="table">
        <thead>
          <tr>
            {head.map((name, at) => (
              <th key={at} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((value, column) => (
                <td key={column}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
