import { useQuery } from "@tanstack/react-query";
import { infoOfServer } from "../api/queries";

/** The links that the server's configuration has for a place: `workflow-list`, `chat`. */
export function InfoLinks({ scope, namespace = "" }: { scope: string; namespace?: string }) {
  const info = useQuery(infoOfServer);
  return (info.data?.links ?? [])
    .filter((link) => link.scope === scope)
    .map((link) => (
      <a
        key={link.name}
        className="button"
        href={link.url.replaceAll("${metadata.namespace}", encodeURIComponent(namespace))}
        target={link.target ?? "_blank"}
        rel="noreferrer"
      >
        {link.name}
      </a>
    ));
}
