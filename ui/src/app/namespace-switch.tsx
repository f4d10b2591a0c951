import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { EVERY } from "../api/namespaces";
import { infoOfServer, namespacesOfServer } from "../api/queries";
import { keptIn, keepIn } from "../components/kept";
import { Menu } from "../components/menu";
import { keepNamespace } from "./namespace";

const RECENT = "tiphys.namespaces.recent";
const MOST = 8;
const ALL = "All namespaces";

/** The same page in another namespace, or in all; those used before are offered, and those that the server knows. */
export function NamespaceSwitch({ namespace }: { namespace: string }) {
  const navigate = useNavigate();
  const here = useRouterState({ select: (state) => state.matches.at(-1)?.routeId ?? "/" });
  const [text, setText] = useState("");
  const managed = useQuery(infoOfServer).data?.managedNamespace;
  const known = useQuery(namespacesOfServer).data ?? [];
  const recent = keptIn<string[]>(RECENT, []);
  if (managed) return <span className="dim">{managed}</span>;
  const go = (next: string): void => {
    keepNamespace(next);
    if (next !== EVERY) keepIn(RECENT, [next, ...recent.filter((name) => name !== next)].slice(0, MOST));
    const to = pageIn(here);
    if (to) void navigate({ to: to as "/workflows/$namespace", params: { namespace: next }, search: {} });
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text.trim())) go(text.trim());
  };
  const word = namespace === EVERY ? ALL : namespace;
  const names = [...new Set([...recent, ...known, "default"])];
  return (
    <Menu label={word} name={`Namespace ${word}, change`} className="button quiet">
      <button type="button" onClick={() => go(EVERY)}>
        {ALL}
      </button>
      {names.map((name) => (
        <button key={name} type="button" onClick={() => go(name)}>
          {name}
        </button>
      ))}
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events -- a click into the field must not close the menu */}
      <form onSubmit={submit} onClick={(event) => event.stopPropagation()}>
        <input
          className="input"
          aria-label="Other namespace"
          placeholder="Other namespace"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
    </Menu>
  );
}

/** The page of another namespace that is most like a page; null for one that is about no namespace of its own. */
export function pageIn(route: string): string | null {
  const list = /^\/[^$]+\/\$namespace/.exec(route)?.[0];
  if (list) return list === "/compare/$namespace" ? "/workflows/$namespace" : list;
  return route.startsWith("/cluster-workflow-templates") ? "/workflow-templates/$namespace" : null;
}
