import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { ApiError } from "../../api/client";
import { deleteLimit, limitsIn, saveLimit } from "../../api/sync";
import { Answer } from "../../components/answer";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { complain, say } from "../../components/toast";

/** How many may hold a database semaphore at once, by its key; changed while the server runs. */
export function SyncLimits({ namespace }: { namespace: string }) {
  const client = useQueryClient();
  const query = useQuery(limitsIn(namespace));
  const change = async (what: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await what();
      say(done);
      await client.invalidateQueries({ queryKey: limitsIn(namespace).queryKey });
    } catch (error) {
      complain(error);
    }
  };
  if (query.error instanceof ApiError && query.error.status === 400)
    return (
      <p className="dim">
        This server keeps no limits in a database; limits in ConfigMaps are changed there.
      </p>
    );
  return (
    <Answer query={query} what="limits">
      {(limits) => (
        <>
          {limits.length > 0 && (
            <TableCard label="Limits" plain>
              <table className="table">
                <TableHead columns={["Key", "At once", { title: "Actions", unseen: true }]} />
                <tbody>
                  {limits.map(({ key, limit = 0 }) => (
                    <tr key={key}>
                      <td className="mono">{key}</td>
                      <td>
                        <input
                          className="input"
                          type="number"
                          min="0"
                          aria-label={`Limit of ${key}`}
                          key={limit}
                          defaultValue={limit}
                          onBlur={(event) => {
                            const wanted = Number(event.target.value);
                            if (wanted !== limit)
                              void change(() => saveLimit(namespace, key, wanted, true), "Saved");
                          }}
                        />
                      </td>
                      <td>
                        <button
                          type="button"
                          className="button danger"
                          onClick={() =>
                            void change(() => deleteLimit(namespace, key), `${key} is forgotten`)
                          }
                        >
                          Forget {key}
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableCard>
          )}
          <NewLimit
            save={(key, limit) => change(() => saveLimit(namespace, key, limit, false), `${key} is kept`)}
          />
        </>
      )}
    </Answer>
  );
}

function NewLimit({ save }: { save: (key: string, limit: number) => Promise<void> }) {
  const [key, setKey] = useState("");
  const [limit, setLimit] = useState("1");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void save(key.trim(), Number(limit));
    setKey("");
  };
  return (
    <form className="row-form" aria-label="New limit" onSubmit={submit}>
      <input
        className="input"
        required
        aria-label="Key of the semaphore"
        placeholder="Key of a semaphore"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <input
        className="input"
        type="number"
        min="1"
        required
        aria-label="How many at once"
        value={limit}
        onChange={(event) => setLimit(event.target.value)}
      />
      <button type="submit" className="button">
        Add
      </button>
    </form>
  );
}
