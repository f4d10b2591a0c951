import { Download, Eye } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { address } from "../../../api/client";

const Preview = lazy(() => import("./preview"));

interface Props {
  title: ReactNode;
  /** The address of its content, below the base href; of a directory, what is in it. */
  path: string;
  /** What it is called where it is kept: the ending says how it is shown. */
  name: string;
  hint?: ReactNode;
}

/** A file of an artifact: show it here, or download it. */
export function StoredFile({ title, path, name, hint }: Props) {
  const [shown, setShown] = useState(false);
  return (
    <section className="value">
      <header>
        <h3>{title}</h3>
        <button type="button" className="button quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          <Eye size={14} aria-hidden />
          {shown ? "Hide" : "Show"}
        </button>
        {!name.endsWith("/") && (
          <a className="button quiet" href={address(path)} download>
            <Download size={14} aria-hidden />
            Download
          </a>
        )}
      </header>
      {hint}
      {shown && (
        <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
          <Preview path={path} name={name} />
        </Suspense>
      )}
    </section>
  );
}
