import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { address, send } from "../../../api/client";
import { Notice } from "../../../components/notice";
import { Directory, type Member } from "./directory";
import { csvRows, previewKind } from "./preview-kind";

/** How much of a text is shown. */
const SHOWN = 200_000;

/** What an artifact looks like; pages are shown in a frame that may run nothing. */
export default function Preview({ path, name }: { path: string; name: string }) {
  const found = useQuery({
    queryKey: ["artifact", path],
    queryFn: async ({ signal }) => {
      const response = await send(path, { accept: "application/json, */*;q=0.8", signal });
      const type = response.headers.get("content-type") ?? "";
      // The server leads to the address with a slash where the artifact is a directory.
      const directory = new URL(response.url).pathname.endsWith("/") && type.includes("json");
      const kind = directory ? "directory" : previewKind(name, type);
      const blob = await response.blob();
      return {
        kind,
        blob,
        text:
          kind === "directory"
            ? await blob.text()
            : kind === "image" || kind === "pdf" || kind === "none"
              ? ""
              : await blob.slice(0, SHOWN).text(),
      };
    },
  });
  if (found.isError) return <Notice title="It cannot be shown">{found.error.message}</Notice>;
  if (!found.data) return <div className="skeleton" role="status" aria-label="Loading" />;
  const { kind, blob, text } = found.data;
  if (kind === "image" || kind === "pdf") return <Held blob={blob} name={name} kind={kind} />;
  if (kind === "page")
    return <iframe className="preview-frame" title={name} sandbox="" src={address(path)} />;
  if (kind === "none")
    return <p className="dim">This kind of file is not shown here ({blob.size} bytes): download it.</p>;
  if (kind === "directory")
    return (
      <Directory path={path.replace(/\/$/, "")} members={(JSON.parse(text) as { items: Member[] }).items} />
    );
  if (kind === "csv") return <Cells text={text} />;
  return (
    <>
      <pre tabIndex={0}>{kind === "json" ? indented(text) : text}</pre>
      {blob.size > SHOWN && (
        <p className="dim">
          The first {SHOWN} of {blob.size} bytes.
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
