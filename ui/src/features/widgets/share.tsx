import { useState } from "react";
import { Dialog } from "../../components/dialog";
import { Value } from "../run/inspector/value";
import { address } from "../../api/client";

type Props = {
  namespace: string;
} & (
  | { /** What is shown is the newest run with this label. */ label: string; name?: never }
  | { /** What is shown is this run. */ name: string; label?: never }
);

/** A button that opens the dialog. */
export function Share({ namespace, label }: { namespace: string; label: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Share…
      </button>
      {open && <ShareDialog namespace={namespace} label={label} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Addresses and HTML to put the state or the graph of a run into another page. */
export function ShareDialog({ namespace, label, name, onClose }: Props & { onClose: () => void }) {
  const place = encodeURIComponent(namespace);
  const badge = address(`widgets/workflow-status-badges/${place}`, { label, name });
  const graph = address(`widgets/workflow-graphs/${place}`, { label, name });
  const frame = (source: string, width: number, height: number): string =>
    `<iframe src="${source.replaceAll("&", "&amp;")}" width="${width}" height="${height}" frameborder="0"></iframe>`;
  const page = new URL(location.href);
  page.searchParams.delete("ask");
  return (
    <Dialog title="Show it elsewhere" wide onClose={onClose}>
      <div className="share">
        <p>{name ? "This run" : `The newest run with ${label ?? ""}`}, for readers who may see it.</p>
        <Value name="This page" value={page.href} />
        <Value name="Badge" value={frame(badge, 320, 48)} />
        <Value name="Graph" value={frame(graph, 800, 450)} />
      </div>
    </Dialog>
  );
}
