import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { reasonOf } from "../../api/reason";
import { templatesIn } from "../../api/queries";
import { lintSchedule } from "../../api/schedules";
import { Dialog } from "../../components/dialog";
import { Tabs } from "../../components/tabs";
import { ManifestEditor } from "../definitions/manifest-editor";
import { CRON_EXAMPLE } from "../launch/example";
import { DraftTimes } from "./draft-times";
import { Words } from "./words";

interface Props {
  namespace: string;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

const TABS = [
  ["form", "Form"],
  ["yaml", "YAML"],
] as const;

/** A new schedule: a form for the usual one, which starts a template, or YAML for all others. */
export function NewSchedule({ namespace, save, onClose }: Props) {
  const panel = useId();
  const [tab, setTab] = useState<"form" | "yaml">("form");
  return (
    <Dialog title="New schedule" wide onClose={onClose}>
      <div>
        <Tabs label="How" tabs={TABS} chosen={tab} choose={setTab} panel={panel} />
        <div id={panel} role="tabpanel" aria-label={tab}>
          {tab === "form" ? (
            <ScheduleForm namespace={namespace} save={save} />
          ) : (
            <ManifestEditor
              kind="CronWorkflow"
              draft="new CronWorkflow"
              text={CRON_EXAMPLE}
              lint={(manifest) => lintSchedule(namespace, manifest)}
              save={save}
              label="Create"
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** Names of time zones that this browser knows; empty where it does not tell. */
function zones(): string[] {
  const intl = Intl as { supportedValuesOf?: (key: string) => string[] };
  return intl.supportedValuesOf?.("timeZone") ?? [];
}

function ScheduleForm({ namespace, save }: Pick<Props, "namespace" | "save">) {
  const list = useId();
  const [name, setName] = useState("");
  const [schedule, setSchedule] = useState("0 3 * * *");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [template, setTemplate] = useState("");
  const [policy, setPolicy] = useState("Forbid");
  const [problem, setProblem] = useState("");
  const templates = useQuery(templatesIn(namespace));
  const names = (templates.data?.items ?? []).map((each) => each.metadata?.name ?? "");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await save({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "CronWorkflow",
        metadata: { name: name.trim() },
        spec: {
          schedules: [schedule.trim()],
          ...(zone.trim() ? { timezone: zone.trim() } : {}),
          concurrencyPolicy: policy,
          workflowSpec: { workflowTemplateRef: { name: template } },
        },
      });
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <label className="field">
        Name
        <input className="input" required value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        Template
        <select
          className="input"
          required
          value={template}
          onChange={(event) => setTemplate(event.target.value)}
        >
          <option value="">{names.length ? "Choose…" : "No templates yet: write YAML"}</option>
          {names.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <div className="pair">
        <label className="field">
          Schedule
          <input
            className="input mono"
            required
            value={schedule}
            onChange={(event) => setSchedule(event.target.value)}
          />
          <span className="hint">
            <Words schedule={schedule} />
          </span>
        </label>
        <label className="field">
          Time zone
          <input
            className="input"
            list={list}
            value={zone}
            onChange={(event) => setZone(event.target.value)}
          />
          <datalist id={list}>
            {zones().map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </label>
      </div>
      <DraftTimes namespace={namespace} cron={{ spec: { schedules: [schedule], timezone: zone } }} />
      <label className="field">
        When a run still goes on
        <select className="input" value={policy} onChange={(event) => setPolicy(event.target.value)}>
          <option value="Forbid">skip the next (Forbid)</option>
          <option value="Allow">start it beside (Allow)</option>
          <option value="Replace">end it and start the next (Replace)</option>
        </select>
      </label>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <button type="submit" className="button primary">
          Create
        </button>
      </div>
    </form>
  );
}
