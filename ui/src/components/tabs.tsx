import { type KeyboardEvent, useEffect, useRef } from "react";
import "./tabs.css";

interface Props<T extends string> {
  label: string;
  tabs: readonly (readonly [T, string])[];
  chosen: T;
  choose: (tab: T) => void;
  /** The id of the panel below. */
  panel: string;
}

/** A row of tabs; arrows choose the next one. */
export function Tabs<T extends string>({ label, tabs, chosen, choose, panel }: Props<T>) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In a narrow window the row scrolls: the chosen tab is in sight.
    const tab = row.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (tab && row.current) row.current.scrollLeft = tab.offsetLeft - row.current.offsetLeft - 40;
  }, [chosen]);
  const keys = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const here = tabs.findIndex(([tab]) => tab === chosen);
    const next = tabs[(here + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next[0]);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next[0]}"]`)?.focus();
  };
  return (
    <div ref={row} role="tablist" aria-label={label} className="tabs" tabIndex={-1} onKeyDown={keys}>
      {tabs.map(([tab, text]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          data-tab={tab}
          aria-selected={tab === chosen}
          aria-controls={panel}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => choose(tab)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
