import type { ReactNode } from "react";
import "./notice.css";

interface Props {
  title: string;
  tone?: "plain" | "danger" | "warning";
  action?: { label: string; run: () => void };
  children?: ReactNode;
}

/** Says that something is empty, wrong or refused, and what to do about it. */
export function Notice({ title, tone = "plain", action, children }: Props) {
  return (
    <section className={`notice notice-${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <h2>{title}</h2>
      {children !== undefined && <div className="notice-text">{children}</div>}
      {action && (
        <button type="button" className="button" onClick={action.run}>
          {action.label}
        </button>
      )}
    </section>
  );
}
