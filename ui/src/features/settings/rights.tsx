import { Check } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { call, segment } from "../../api/client";

const VERBS = ["get", "list", "watch", "create", "update", "delete"];

/** What the signed-in person may do in a namespace. */
export function Rights({ namespace }: { namespace: string }) {
  const rights = useQuery({
    queryKey: ["rights", namespace],
    queryFn: () => call<{ rights: Record<string, string[]> }>(`api/x/v1/rights/${segment(namespace)}`),
  });
  if (rights.isError) return <p className="bad-text">{rights.error.message}</p>;
  return (
    <TableCard label="Rights" plain>
      <table className="table">
        <TableHead columns={[`In ${namespace}`, ...VERBS]} />
        <tbody>
          {Object.entries(rights.data?.rights ?? {}).map(([resource, verbs]) => (
            <tr key={resource}>
              <th scope="row">{resource}</th>
              {VERBS.map((verb) => (
                <td key={verb}>
                  {verbs.includes(verb) ? (
                    <Check size={16} className="may" role="img" aria-label="yes" />
                  ) : (
                    <span className="dim">no</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}
