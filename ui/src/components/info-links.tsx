import { useQuery } from "@tanstack/react-query";
import { infoOfServer } from "../api/queries";
import { linkUrl } from "./link-url";

interface Props {
  /** The place that the configuration names: `workflow-list`, `workflow`, `pod`, `pod-logs`, `chat`. */
  scope: string;
  /** What the addresses may speak of. */
  of?: unknown;
  className?: string;
}

/** The links that the server's configuration has for a place. */
export function InfoLinks({ scope, of = {}, className = "button" }: Props) {
  const info = useQuery(infoOfServer);
  return (info.data?.links ?? [])
    .filter((link) => link.scope === scope)
    .map((link) => (
      <a
        key={link.name}
        className={className}
        href={linkUrl(link.url, of)}
        target={link.target ?? "_blank"}
        rel="noreferrer"
      >
        {link.name}
      </a>
    ));
}
