import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, keepToken, token } from "../../api/client";
import { versionOfServer } from "../../api/queries";
import type { UserInfo } from "../../api/types";
import { DENSITIES, setDensity, useDensity } from "../../app/density";
import { KEYS } from "../../app/keys";
import { LETTERS, letters, setLetters } from "../../app/letters";
import { setTheme, THEMES, useTheme } from "../../app/theme";
import { lastNamespace } from "../../app/namespace";
import { forgetDrafts } from "../definitions/drafts";
import { InfoLinks } from "../../components/info-links";
import { forgetKept } from "../../components/use-kept";
import { setTimeStyle, TIME_STYLES, type TimeStyle, timeStyle } from "../../components/time-style";
import { Value } from "../run/inspector/value";
import { Rights } from "./rights";
import { SyncLimits } from "./sync-limits";
import { Tokens } from "./tokens";
import { snippet } from "./snippet";
import "./settings.css";

/** Who is signed in, how to use the API from elsewhere, colours, keys. */
export function SettingsPage() {
  const theme = useTheme();
  const rows = useDensity();
  const [times, showTimes] = useState(timeStyle);
  const setTimes = (style: TimeStyle): void => {
    setTimeStyle(style);
    showTimes(style);
  };
  const [letterKeys, showLetterKeys] = useState(letters);
  const [shown, setShown] = useState(false);
  const user = useQuery({ queryKey: ["userinfo"], queryFn: () => call<UserInfo>("api/v1/userinfo") });
  const version = useQuery(versionOfServer);
  const facts = Object.entries(user.data ?? {}).map(
    ([name, value]) => [name, [value].flat().join(", ")] as const,
  );
  return (
    <main className="page settings">
      <h1 className="wide">Settings</h1>
      <section className="card">
        <h2>Signed in as</h2>
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {token() && (
          <button
            type="button"
            className="button"
            onClick={() => {
              keepToken("", false);
              forgetKept();
              forgetDrafts();
              location.reload();
            }}
          >
            Sign out
          </button>
        )}
      </section>
      <section className="card">
        <h2>Command line</h2>
        <p>
          For <code>tiphys</code>, <code>argo</code> and scripts. Whoever has the token has your rights.
        </p>
        {shown ? (
          <Value name="Shell" value={snippet(document.baseURI, token(), lastNamespace())} />
        ) : (
          <button type="button" className="button" onClick={() => setShown(true)}>
            Show with the token
          </button>
        )}
      </section>
      <Choices title="Colours" names={THEMES} chosen={theme} choose={setTheme} />
      <Choices title="Rows of lists" names={DENSITIES} chosen={rows} choose={setDensity} />
      <Choices title="Times" names={TIME_STYLES} chosen={times} choose={setTimes} />
      <Choices
        title="Keys of one letter"
        names={LETTERS}
        chosen={letterKeys}
        choose={(next) => {
          setLetters(next);
          showLetterKeys(next);
        }}
      />
      <section className="card wide">
        <h2>What you may do</h2>
        <Rights namespace={lastNamespace()} />
      </section>
      <section className="card wide">
        <h2>Tokens</h2>
        <p>
          For programs: whoever has the token of a ServiceAccount of <code>{lastNamespace()}</code> may do
          what that account may.
        </p>
        <Tokens namespace={lastNamespace()} />
      </section>
      <section className="card wide">
        <h2>Limits of semaphores</h2>
        <SyncLimits namespace={lastNamespace()} />
      </section>
      <section className="card wide">
        <h2>Keys</h2>
        <table className="table">
          <tbody>
            {KEYS.map(([keys, effect]) => (
              <tr key={keys}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{effect}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section className="card wide">
        <h2>Help</h2>
        <div className="choices">
          <Link className="button" to="/apidocs">
            API explorer
          </Link>
          <a className="button" href="api/openapi.json">
            OpenAPI
          </a>
          <InfoLinks scope="chat" />
        </div>
        <p className="dim">Server {version.data?.version}</p>
      </section>
    </main>
  );
}

interface ChoicesProps<T extends string> {
  title: string;
  names: readonly T[];
  chosen: T;
  choose: (name: T) => void;
}

function Choices<T extends string>({ title, names, chosen, choose }: ChoicesProps<T>) {
  return (
    <section className="card">
      <h2>{title}</h2>
      <div role="radiogroup" aria-label={title} className="choices">
        {names.map((each) => (
          <label key={each}>
            <input type="radio" name={title} checked={chosen === each} onChange={() => choose(each)} /> {each}
          </label>
        ))}
      </div>
    </section>
  );
}
