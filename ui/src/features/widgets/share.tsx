import { useState } from "react";
import { Dialog } from "../../components/dialog";
import { Value } from "../run/inspector/value";
import { address } from "../../api/client";

interface Props {
  namespace: string;
  /** What is shown is the newest run with this label. */
  label: string;
}

/** Addresses and HTML to put the newest run's state or graph into another page. */
export function Share({ namespace, label }: Props) {
  const [open, setOpen] = useState(false);
  const place = encodeURIComponent(namespace);
  const badge = address(`widgets/workflow-status-badges/${place}`, { label });
  const graph = address(`widgets/workflow-graphs/${place}`, { label });
  const frame = (source: string, width: number, height: number): string =>
    `<iframe src="${source.replaceAll("&", "&amp;")}" width="${width}" height="${height}" frameborder="0"></iframe>`;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Share…
      </button>
      {open && (
        <Dialog title="Show it elsewhere" wide onClose={() => setOpen(false)}>
          <div className="share">
            <p>The newest run with {label}, for readers who may see it.</p>
            <Value name="This page" value={location.href} />
            <Value name="Badge" value={frame(badge, 320, 48)} />
            <Value name="Graph" value={frame(graph, 800, 450)} />
          </div>
        </Dialog>
      )}
    </>
  );
}
