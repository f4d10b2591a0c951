import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { send } from "../../api/client";
import { phasesIn, versionOfServer } from "../../api/queries";

const TILES: readonly (readonly [string, readonly string[]])[] = [
  ["Waiting to start", ["Pending"]],
  ["Running", ["Running"]],
  ["Failed", ["Failed", "Error"]],
  ["Succeeded", ["Succeeded"]],
];

/** How many runs there are, all of them, and whether the server is well. */
export function Health({ namespace }: { namespace: string }) {
  const phases = useQuery(phasesIn({ namespace }));
  const version = useQuery(versionOfServer);
  const alive = useQuery({
    queryKey: ["healthz"],
    queryFn: async () => (await send("healthz", { accept: "*/*" })).ok,
    refetchInterval: 10_000,
    retry: false,
  });
  const well = alive.data === true && !alive.isError;
  return (
    <>
      {phases.data && (
        <dl className="tiles">
          {TILES.map(([title, names]) => (
            <div key={title} className="card tile">
              <dt>{title}</dt>
              <dd>
                <Link to="/workflows/$namespace" params={{ namespace }} search={{ phase: [...names] }}>
                  {names.reduce((sum, name) => sum + (phases.data[name] ?? 0), 0)}
                </Link>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {(alive.data !== undefined || alive.isError) && (
        <p className="health" role="status">
          <span className={well ? "dot well" : "dot bad"} aria-hidden />
          {well ? "The controller and the server are well" : "The controller does not answer"}
          {version.data && <span className="dim"> · {version.data.version}</span>}
        </p>
      )}
    </>
  );
}
