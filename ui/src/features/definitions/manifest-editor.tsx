import { lazy, Suspense, useRef, useState } from "react";
import { findingsIn } from "../../api/linting";
import { reasonOf } from "../../api/reason";
import type { WorkflowSpec } from "../../api/types";
import { targetNamespace, useNamespace } from "../../app/namespace";
import { Dialog } from "../../components/dialog";
import { Diff } from "../../components/diff";
import type { Finding, Opened } from "../../editor/codemirror";
import type { ServerLint } from "../../editor/lint";
import { ManifestTools } from "./manifest-tools";
import { useDraft } from "./use-draft";
import "./definitions.css";

const Editor = lazy(() => import("../../editor/editor"));
const DraftTimes = lazy(async () => ({ default: (await import("../schedules/draft-times")).DraftTimes }));
const Preview = lazy(async () => ({ default: (await import("./template-graph")).TemplateGraph }));

interface Props {
  kind: string;
  /** Under which name what was typed stays in this browser: "WorkflowTemplate/default/etl". */
  draft: string;
  /** The text that the editor begins with. */
  text: string;
  /** The text that what is typed changes; that of the editor's beginning when it is missing. */
  of?: string;
  lint: ServerLint;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  /** What the button says. */
  label: string;
  /** The button waits for a change. */
  changedOnly?: boolean;
}

/** YAML with completion and live findings, and a button that keeps it; what was typed stays when it is refused. */
export function ManifestEditor({
  kind,
  draft,
  text,
  of = text,
  lint,
  save,
  label,
  changedOnly = false,
}: Props) {
  const { first, typed, restored, type, kept, forget } = useDraft(draft, text, of);
  const [editor, setEditor] = useState<Opened | null>(null);
  const [spec, setSpec] = useState<WorkflowSpec | null>(null);
  const [cron, setCron] = useState<Record<string, unknown> | null>(null);
  const [graph, setGraph] = useState(false);
  const [comparing, setComparing] = useState(false);
  const [problem, setProblem] = useState("");
  const [findings, setFindings] = useState<readonly Finding[] | null>(null);
  const namespace = useNamespace();
  const last = useRef(0);
  const present = typed ?? text;
  const check = async (written: string) => {
    const turn = ++last.current;
    const { lintText } = await import("../../editor/lint");
    const found = await lintText(written, lint, (whole) => findingsIn(targetNamespace(namespace), whole));
    if (turn === last.current) {
      setFindings(found);
      const read = await readIn(written);
      if (read?.spec) setSpec(read.spec);
      if (kind === "CronWorkflow") setCron((before) => read?.cron ?? before);
    }
    return found;
  };
  const submit = async (): Promise<void> => {
    setProblem("");
    try {
      const { readManifest } = await import("../../editor/lint");
      await save(readManifest(present));
      kept(present);
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  return (
    <div className={kind === "CronWorkflow" ? "yaml timed" : "yaml"}>
      <ManifestTools text={present} editor={editor} graph={graph} showGraph={setGraph} />
      {restored && (
        <p role="status" className="notes restored">
          What you typed before and did not keep is here again.{" "}
          <button
            type="button"
            className="button small"
            onClick={() => {
              editor?.replace(of);
              forget();
            }}
          >
            Discard it
          </button>
        </p>
      )}
      <div className={graph ? "manifest-beside" : ""}>
        <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the editor" />}>
          <Editor
            label="Manifest"
            text={first}
            opened={setEditor}
            change={type}
            lint={check}
            complete={async (path) => (await import("../../editor/schema")).fieldsAt(kind, path)}
          />
        </Suspense>
        {graph && (
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the graph" />}>
            {spec ? (
              <Preview name="preview" spec={spec} />
            ) : (
              <p className="dim">No graph of this text yet.</p>
            )}
          </Suspense>
        )}
      </div>
      {kind === "CronWorkflow" && (
        <div className="yaml-times">
          <Suspense fallback={null}>
            {cron && <DraftTimes namespace={targetNamespace(namespace)} cron={cron} words />}
          </Suspense>
        </div>
      )}
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <span
          role="status"
          className={
            findings?.some((each) => each.severity === "error") ? "lint-state bad-text" : "lint-state dim"
          }
        >
          {findings && counted(findings)}
        </span>
        {changedOnly && (
          <button
            type="button"
            className="button"
            disabled={typed === null}
            onClick={() => setComparing(true)}
          >
            Show changes
          </button>
        )}
        <button
          type="button"
          className="button primary"
          disabled={changedOnly && typed === null}
          onClick={() => void submit()}
        >
          {label}
        </button>
      </div>
      {comparing && (
        <Dialog title="Changes" wide onClose={() => setComparing(false)}>
          <Diff label="What was changed here" before={of} after={present} />
        </Dialog>
      )}
    </div>
  );
}

function counted(findings: readonly Finding[]): string {
  const warnings = findings.filter((each) => each.severity === "warning").length;
  const parts = [
    [findings.length - warnings, "error"],
    [warnings, "warning"],
  ] as const;
  const said = parts.flatMap(([count, name]) => (count ? [`${count} ${name}${count === 1 ? "" : "s"}`] : []));
  return said.join(", ") || "No findings";
}

/** What a text that can be read is about: the spec of its workflow, and itself; null else. */
async function readIn(
  text: string,
): Promise<{ spec: WorkflowSpec | undefined; cron: Record<string, unknown> } | null> {
  try {
    const [{ readManifest }, { previewOf }] = await Promise.all([
      import("../../editor/lint"),
      import("./preview"),
    ]);
    const manifest = readManifest(text);
    const spec = manifest["spec"] as (WorkflowSpec & { workflowSpec?: WorkflowSpec }) | undefined;
    const found = spec?.workflowSpec ?? spec;
    // What is half written has no graph: the one before stays.
    if (found) previewOf("", found);
    return { spec: found, cron: manifest };
  } catch {
    return null;
  }
}
