import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { ApiError } from "../../api/client";
import { reasonOf } from "../../api/reason";
import { type AccountToken, createToken, listAccounts, listTokens, revokeToken } from "../../api/tokens";
import { Answer } from "../../components/answer";
import { Dialog } from "../../components/dialog";
import { useNow } from "../../components/now";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { ago } from "../../components/time";
import { complain, say } from "../../components/toast";
import { Value } from "../run/inspector/value";

const DAY = 86_400;
const EXPIRIES: readonly (readonly [string, number | undefined])[] = [
  ["a day", DAY],
  ["30 days", 30 * DAY],
  ["90 days", 90 * DAY],
  ["a year", 365 * DAY],
  ["for ever", undefined],
];
const COLUMNS = [
  "Account",
  "Id",
  { title: "Made", minor: true },
  "Holds until",
  { title: "Actions", unseen: true },
] as const;

/** Tokens with which programs act as a ServiceAccount: made and shown once, listed, revoked. */
export function Tokens({ namespace }: { namespace: string }) {
  const client = useQueryClient();
  const key = ["tokens", namespace];
  const query = useQuery({ queryKey: key, queryFn: () => listTokens(namespace) });
  const [made, setMade] = useState("");
  const [leaving, setLeaving] = useState<AccountToken | null>(null);
  if (query.error instanceof ApiError && query.error.status === 403)
    return <p className="dim">You may not see the tokens of {namespace}.</p>;
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: key });
  const revoke = async (token: AccountToken): Promise<void> => {
    setLeaving(null);
    try {
      await revokeToken(namespace, token);
      say(`The token ${token.id} is revoked`);
      await changed();
    } catch (error) {
      complain(error);
    }
  };
  return (
    <Answer query={query} what="tokens">
      {(tokens) => (
        <>
          {tokens.length > 0 && <List tokens={tokens} revoke={setLeaving} />}
          <NewToken
            namespace={namespace}
            made={(token) => {
              setMade(token);
              void changed();
            }}
          />
          {made && (
            <Dialog title="The new token" onClose={() => setMade("")}>
              <div className="stack">
                <p>Copy it now: it cannot be shown again.</p>
                <Value name="Token" value={made} />
              </div>
            </Dialog>
          )}
          {leaving && (
            <Dialog title={`Revoke a token of ${leaving.account}?`} onClose={() => setLeaving(null)}>
              <div>
                <p>The next request with {leaving.id} is refused.</p>
                <div className="dialog-actions">
                  <button type="button" className="button" onClick={() => setLeaving(null)}>
                    Cancel
                  </button>
                  <button type="button" className="button danger solid" onClick={() => void revoke(leaving)}>
                    Revoke
                  </button>
                </div>
              </div>
            </Dialog>
          )}
        </>
      )}
    </Answer>
  );
}

function List({
  tokens,
  revoke,
}: {
  tokens: readonly AccountToken[];
  revoke: (token: AccountToken) => void;
}) {
  const now = useNow();
  return (
    <TableCard label="Tokens" plain>
      <table className="table">
        <TableHead columns={COLUMNS} />
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td>{token.account}</td>
              <td className="mono">{token.id}</td>
              <td className="minor">{ago(token.createdAt, now)}</td>
              <td>{until(token.expiresAt, now)}</td>
              <td className="row-action">
                <button
                  type="button"
                  className="button danger"
                  aria-label={`Revoke ${token.id}`}
                  onClick={() => revoke(token)}
                >
                  Revoke
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

function until(expiresAt: string | undefined, now: number): string {
  if (expiresAt === undefined) return "for ever";
  const moment = Date.parse(expiresAt);
  return moment <= now ? "it is over" : new Date(moment).toLocaleString();
}

function NewToken({ namespace, made }: { namespace: string; made: (token: string) => void }) {
  const accounts = useQuery({
    queryKey: ["accounts", namespace],
    queryFn: () => listAccounts(namespace),
    // Who may make tokens need not be allowed to list accounts.
    retry: false,
  });
  const names = accounts.data ?? ["default"];
  const [account, setAccount] = useState("default");
  const [expiry, setExpiry] = useState("30 days");
  const [problem, setProblem] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setProblem("");
    try {
      const seconds = EXPIRIES.find(([title]) => title === expiry)?.[1];
      made((await createToken(namespace, account, seconds)).token);
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  return (
    <form className="row-form" aria-label="New token" onSubmit={(event) => void submit(event)}>
      <label>
        New token of{" "}
        <select className="input" value={account} onChange={(event) => setAccount(event.target.value)}>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        that holds{" "}
        <select className="input" value={expiry} onChange={(event) => setExpiry(event.target.value)}>
          {EXPIRIES.map(([title]) => (
            <option key={title}>{title}</option>
          ))}
        </select>
      </label>
      <button type="submit" className="button">
        Make
      </button>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
    </form>
  );
}
