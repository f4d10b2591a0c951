import { Dialog } from "../../components/dialog";
import { ManifestEditor } from "./manifest-editor";

interface Props {
  title: string;
  kind: string;
  text: string;
  lint: (manifest: unknown) => Promise<unknown>;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

/** A dialog in which an object is written, checked and kept. */
export function NewObject({ title, kind, text, lint, save, onClose }: Props) {
  return (
    <Dialog title={title} wide onClose={onClose}>
      <ManifestEditor kind={kind} draft={`new ${kind}`} text={text} lint={lint} save={save} label="Create" />
    </Dialog>
  );
}
