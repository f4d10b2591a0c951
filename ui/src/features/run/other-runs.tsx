import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listRuns } from "../../api/workflows";
import { Menu } from "../../components/menu";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago } from "../../components/time";
import { ORIGIN_LABELS, originsOf } from "../runs/origin";
import { useRunView } from "./context";

/** So many runs of each origin. */
const SHOWN = 6;

/** Runs that have to do with this one, to look at or to compare: of each origin, and those made from it. */
export function OtherRuns() {
  const { run } = useRunView();
  const [wanted, setWanted] = useState(false);
  const { name = "" } = run.metadata ?? {};
  const groups: [title: string, labelSelector: string][] = [
    ...originsOf(run).map((origin): [string, string] => [
      origin.kind === "run" ? `Resubmitted from ${origin.name}` : `Of ${origin.kind} ${origin.name}`,
      `${origin.label}=${origin.name}`,
    ]),
    ["Resubmitted from this run", `${ORIGIN_LABELS.run}=${name}`],
  ];
  const first = originsOf(run).find(({ kind }) => kind === "run")?.name;
  return (
    // What is behind the menu is read when somebody comes near it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- nothing happens but reading ahead
    <div onPointerEnter={() => setWanted(true)} onFocus={() => setWanted(true)}>
      <Menu label="Other runs" className="button">
        {first && <Pair name={first} compared />}
        {groups.map(([title, labelSelector]) => (
          <Group key={labelSelector} title={title} labelSelector={labelSelector} wanted={wanted} />
        ))}
      </Menu>
    </div>
  );
}

interface GroupProps {
  title: string;
  labelSelector: string;
  wanted: boolean;
}

function Group({ title, labelSelector, wanted }: GroupProps) {
  const { run } = useRunView();
  const { namespace = "", name: own = "" } = run.metadata ?? {};
  const others = useQuery({
    queryKey: ["others", namespace, labelSelector],
    queryFn: ({ signal }) => listRuns({ namespace, labelSelector }, SHOWN + 1, "", signal),
    enabled: wanted,
  });
  const items = (others.data?.items ?? []).filter(({ metadata }) => metadata?.name !== own).slice(0, SHOWN);
  return (
    <>
      <span className="menu-text dim">
        {title}
        {items.length === 0 && (others.data ? ": none" : " …")}
      </span>
      {items.map(({ metadata, status }, at) => (
        <Pair
          key={metadata?.uid}
          name={metadata?.name ?? ""}
          phase={status?.phase}
          at={status?.startedAt}
          compared={at === 0}
        />
      ))}
    </>
  );
}

interface PairProps {
  name: string;
  phase?: string | undefined;
  at?: string | null | undefined;
  /** The comparison with it is offered too. */
  compared: boolean;
}

/** Another run: its page, and the two compared. */
function Pair({ name, phase, at, compared }: PairProps) {
  const { run } = useRunView();
  const now = useNow();
  const { namespace = "", name: own } = run.metadata ?? {};
  return (
    <>
      <Link to="/workflows/$namespace/$name" params={{ namespace, name }} search={{}}>
        {phase && <Phase phase={phaseName(phase)} bare />}
        {name} {at && <span className="dim">{ago(at, now)}</span>}
      </Link>
      {compared && (
        <Link to="/compare/$namespace" params={{ namespace }} search={{ a: name, b: own }}>
          Compare with {name}
        </Link>
      )}
    </>
  );
}
