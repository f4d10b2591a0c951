import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { KeptObject, Version } from "../../api/definitions";
import { newestRuns } from "../../api/queries";
import { Answer } from "../../components/answer";
import { Diff } from "../../components/diff";
import { useNow } from "../../components/now";
import { ago } from "../../components/time";
import { complain, say } from "../../components/toast";
import { manifestYaml } from "../../components/yaml-of";
import { changeOf, editable } from "./editing";
import { type ShownVersion, shownVersions } from "./versions-of";

interface Props {
  kind: string;
  name: string;
  namespace: string;
  /** The label of its runs. */
  label: string;
  read: (signal: AbortSignal) => Promise<Version[]>;
  reread: () => Promise<KeptObject>;
  save: (manifest: Record<string, unknown>) => Promise<KeptObject>;
}

/** What an object was before it was changed: what each version changed, and the way back to one. */
export function Versions({ kind, name, namespace, label, read, reread, save }: Props) {
  const client = useQueryClient();
  const key = ["versions", kind, namespace, name];
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => read(signal), staleTime: 0 });
  const runs = useQuery(newestRuns(namespace, 500, label));
  const restore = async (version: Version): Promise<void> => {
    try {
      const live = await reread();
      await save(changeOf(live, { ...live, spec: version.manifest.spec }));
      say(`Version ${version.generation} is back`);
      await client.invalidateQueries({ queryKey: key });
    } catch (error) {
      complain(error);
    }
  };
  return (
    <Answer query={query} what="versions">
      {(versions) => (
        <Chooser
          kind={kind}
          versions={shownVersions(versions, runs.data?.items ?? [])}
          restore={(version) => void restore(version)}
        />
      )}
    </Answer>
  );
}

interface ChooserProps {
  kind: string;
  versions: readonly ShownVersion[];
  restore: (version: Version) => void;
}

function Chooser({ kind, versions, restore }: ChooserProps) {
  const { version: asked } = useSearch({ strict: false });
  const navigate = useNavigate();
  const now = useNow();
  const [present] = versions;
  const chosen = versions.find((each) => each.generation === asked) ?? present;
  if (!present || !chosen) return null;
  return (
    <div className="versions">
      <ul className="plain card" aria-label="Versions">
        {versions.map((each) => (
          <li key={each.generation}>
            <button
              type="button"
              aria-pressed={each === chosen}
              onClick={() =>
                void navigate({
                  to: ".",
                  search: { tab: "versions", version: each.generation },
                  replace: true,
                })
              }
            >
              <strong>Version {each.generation}</strong>
              {each === present && <span className="chip on">present</span>}
              <span className="dim">
                {ago(each.since, now)}
                {each.by && ` by ${each.by}`} · {each.runs === 1 ? "1 run" : `${each.runs} runs`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <OneVersion
        key={chosen.generation}
        kind={kind}
        version={chosen}
        before={versions[versions.indexOf(chosen) + 1]}
        present={present}
        restore={restore}
      />
    </div>
  );
}

interface OneProps {
  kind: string;
  version: ShownVersion;
  before: ShownVersion | undefined;
  present: ShownVersion;
  restore: (version: Version) => void;
}

/** What a version changed, or how it differs from the present one. */
function OneVersion({ kind, version, before, present, restore }: OneProps) {
  const [against, setAgainst] = useState<"before" | "present">("before");
  const other = against === "present" ? present : before;
  const texts = useQuery({
    queryKey: ["version-texts", kind, version.manifest.metadata?.uid, other?.generation, version.generation],
    queryFn: () =>
      Promise.all([other ?? version, version].map((each) => manifestYaml(kind, editable(each.manifest)))),
    staleTime: Infinity,
  });
  const [one = "", two = ""] = texts.data ?? [];
  return (
    <section className="object-section" aria-label={`Version ${version.generation}`}>
      <div className="page-head">
        <h2>Version {version.generation}</h2>
        {version !== present && (
          <>
            <select
              className="input"
              aria-label="Compared with"
              value={against}
              onChange={(event) => setAgainst(event.target.value === "present" ? "present" : "before")}
            >
              <option value="before">what it changed</option>
              <option value="present">against the present one</option>
            </select>
            <button type="button" className="button" onClick={() => restore(version)}>
              Bring it back
            </button>
          </>
        )}
      </div>
      {!other ? (
        <>
          <p className="dim">The first version that is kept.</p>
          {texts.data && (
            <pre className="card version-text" tabIndex={0} role="region" aria-label="Its manifest">
              {two}
            </pre>
          )}
        </>
      ) : (
        texts.data && <Diff label="Differences" before={one} after={two} />
      )}
    </section>
  );
}
