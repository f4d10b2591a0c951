import { useQuery } from "@tanstack/react-query";
import type { Workflow } from "../../api/types";
import { Dialog } from "../../components/dialog";
import { Answer } from "../../components/answer";
import { Value } from "../run/inspector/value";

/** The workflow that the server would make; nothing was started. */
export function DryRun({ read, onClose }: { read: () => Promise<Workflow>; onClose: () => void }) {
  const made = useQuery({
    queryKey: ["dry-run"],
    queryFn: async () => (await import("yaml")).stringify(await read()),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return (
    <Dialog title="What would be started" wide onClose={onClose}>
      <div className="dry-run">
        <Answer query={made} what="workflow's lines">
          {(text) => <Value name="Workflow" value={text} />}
        </Answer>
      </div>
    </Dialog>
  );
}
