import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { Menu } from "../components/menu";
import { keepNamespace } from "./namespace";

const RECENT = "tiphys.namespaces";

function recent(): string[] {
  return (localStorage.getItem(RECENT) ?? "default").split(",").filter(Boolean);
}

/** The same page in another namespace; those used before are offered. */
export function NamespaceSwitch({ namespace }: { namespace: string }) {
  const navigate = useNavigate();
  const ids = useRouterState({ select: (state) => state.matches.map((match) => match.routeId) });
  const [text, setText] = useState("");
  const go = (next: string): void => {
    keepNamespace(next);
    localStorage.setItem(RECENT, [next, ...recent().filter((name) => name !== next)].slice(0, 8).join(","));
    const here = ids.at(-1) ?? "";
    const list = ["/cron-workflows", "/workflow-templates", "/workflow-event-bindings", "/reports"].find(
      (prefix) => here.startsWith(prefix),
    );
    const to = `${list ?? "/workflows"}/$namespace` as "/workflows/$namespace";
    void navigate({ to, params: { namespace: next }, search: {} });
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text.trim())) go(text.trim());
  };
  return (
    <Menu label={namespace} name={`Namespace ${namespace}, change`} className="button quiet">
      {recent().map((name) => (
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
