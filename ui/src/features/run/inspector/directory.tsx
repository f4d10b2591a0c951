import { segment } from "../../../api/client";
import { StoredFile } from "./stored-file";

/** What a directory has: names of directories end with a slash. */
export interface Member {
  name: string;
  /** In bytes; directories have none. */
  size?: number;
}

/** The files of an artifact that is a directory. */
export function Directory({ path, members }: { path: string; members: readonly Member[] }) {
  if (members.length === 0) return <p className="dim">Nothing is in it.</p>;
  return (
    <ul className="directory">
      {members.map(({ name, size }) => (
        <li key={name}>
          <StoredFile
            title={name}
            path={`${path}/${segment(name.replace(/\/$/, ""))}${name.endsWith("/") ? "/" : ""}`}
            name={name}
            hint={size !== undefined && <p className="dim">{size.toLocaleString("en")} bytes</p>}
          />
        </li>
      ))}
    </ul>
  );
}
