import type { ReactNode } from "react";

/** A frame in which a wide table scrolls, by keyboard too. */
export function TableCard({
  label,
  plain = false,
  children,
}: {
  label: string;
  plain?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={plain ? "table-card" : "card table-card"} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
