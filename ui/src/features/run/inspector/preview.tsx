import { useQuery } from "@tanstack/react-query";
import { address, send } from "../../../api/client";
import { Notice } from "../../../components/notice";
import { Content } from "./content";
import { Directory, type Member } from "./directory";
import { previewKind } from "./preview-kind";
import { beginning, isPacked } from "./reading";

/** What an artifact looks like, or what is in it. */
export default function Preview({ path, name }: { path: string; name: string }) {
  const found = useQuery({
    queryKey: ["artifact", path],
    queryFn: async ({ signal }) => {
      const response = await send(path, { accept: "application/json, */*;q=0.8", signal });
      const type = response.headers.get("content-type") ?? "";
      // The server leads to the address with a slash where the artifact is a directory.
      if (new URL(response.url).pathname.endsWith("/") && type.includes("json"))
        return { members: ((await response.json()) as { items: Member[] }).items };
      const read = await beginning(response);
      return { kind: (await isPacked(read.blob)) ? "archive" : previewKind(name, type), ...read } as const;
    },
  });
  if (found.isError) return <Notice title="It cannot be shown">{found.error.message}</Notice>;
  if (!found.data) return <div className="skeleton" role="status" aria-label="Loading" />;
  if ("members" in found.data)
    return <Directory path={path.replace(/\/$/, "")} members={found.data.members} />;
  if (found.data.kind === "page")
    return <iframe className="preview-frame" title={name} sandbox="" src={address(path)} />;
  return <Content name={name} {...found.data} />;
}
