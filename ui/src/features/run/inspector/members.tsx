import { useCallback, useState } from "react";
import { Notice } from "../../../components/notice";
import { Content } from "./content";
import { previewKind } from "./preview-kind";
import { MOST, type Packed, unpacked } from "./reading";
import { useRead } from "./use-read";

/** So many files are listed. */
const LISTED = 500;

/** The files of an archive: of one file its content, of several a list. */
export default function Members({ blob, name }: { blob: Blob; name: string }) {
  const read = useCallback((packed: Blob) => unpacked(packed, name), [name]);
  const { value: found, failed } = useRead(blob, read);
  if (failed) return <Notice title="It cannot be unpacked">Download it.</Notice>;
  if (!found) return <div className="skeleton" role="status" aria-label="Loading" />;
  const { files, cut } = found;
  const [only, ...others] = files;
  if (!only) return <p className="dim">Nothing is in it.</p>;
  const more = cut && (
    <p className="dim">
      Only the first {(MOST / 1_000_000).toLocaleString("en")} MB of what is packed are shown: download it for
      the rest.
    </p>
  );
  if (others.length === 0)
    return (
      <>
        <File file={only} />
        {more}
      </>
    );
  return (
    <>
      <ul className="directory">
        {files.slice(0, LISTED).map((file, at) => (
          <li key={at}>
            <Folded file={file} />
          </li>
        ))}
      </ul>
      {files.length > LISTED && <p className="dim">{files.length - LISTED} more: download it.</p>}
      {more}
    </>
  );
}

function File({ file }: { file: Packed }) {
  const kind = previewKind(file.name, "");
  // An archive in an archive is not opened: they could be nested without end.
  return (
    <Content blob={file.blob} kind={kind === "archive" ? "none" : kind} name={file.name} size={file.size} />
  );
}

function Folded({ file }: { file: Packed }) {
  const [shown, setShown] = useState(false);
  return (
    <details onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        <span className="mono">{file.name}</span>{" "}
        <span className="dim">{file.size.toLocaleString("en")} bytes</span>
      </summary>
      {shown && <File file={file} />}
    </details>
  );
}
