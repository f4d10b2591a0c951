import { useQuery } from "@tanstack/react-query";
import "./diff.css";

interface Props {
  /** What is compared, for those who do not see it: "Specs". */
  label: string;
  before: string;
  after: string;
}

interface Line {
  kind: "same" | "gone" | "new";
  /** Its number in the text that it is from; the later one where both have it. */
  number: number;
  text: string;
}

/** Lines that both have, round each difference. */
const CONTEXT = 3;

/** What differs between two texts, line by line; what both have far from a difference is left out. */
export function Diff({ label, before, after }: Props) {
  const parts = useQuery({
    queryKey: ["diff", before, after],
    queryFn: () => differences(before, after),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  if (!parts.data) return <p className="dim">Comparing…</p>;
  if (parts.data.length === 0) return <p className="dim">They are the same.</p>;
  return (
    <pre className="card diff" tabIndex={0} role="region" aria-label={label}>
      {parts.data.map((lines, at) => (
        <span key={at} className="diff-part">
          {lines.map(({ kind, number, text }, place) => (
            <span key={place} className={`diff-line diff-${kind}`}>
              <span className="diff-number">{number}</span>
              {kind === "gone" ? "− " : kind === "new" ? "+ " : "  "}
              {text}
              {"\n"}
            </span>
          ))}
        </span>
      ))}
    </pre>
  );
}

async function differences(before: string, after: string): Promise<Line[][]> {
  const { structuredPatch } = await import("diff");
  const { hunks } = structuredPatch("", "", before, after, undefined, undefined, { context: CONTEXT });
  return hunks.map(({ oldStart, newStart, lines }) => {
    let [old, now] = [oldStart, newStart];
    return lines.flatMap((line): Line[] => {
      const text = line.slice(1);
      if (line.startsWith("-")) return [{ kind: "gone", number: old++, text }];
      if (line.startsWith("+")) return [{ kind: "new", number: now++, text }];
      if (!line.startsWith(" ")) return [];
      old++;
      return [{ kind: "same", number: now++, text }];
    });
  });
}
