import { Phase } from "../../components/phase";
import { useRunView } from "../run/context";
import { rerunOf } from "./rerun-of";

/** Which steps a retry runs again; the others keep their results. */
export function RetryPreview({ node }: { node: string | undefined }) {
  const { model } = useRunView();
  const again = rerunOf(model, node);
  const kept = [...model.nodes.values()].filter(
    (each) => each.kind === "node" && each.inside.length === 0,
  ).length;
  return (
    <section aria-label="What runs again">
      <p>
        {again.length === 1 ? "1 step runs" : `${again.length} steps run`} again, with what comes after;{" "}
        {Math.max(0, kept - again.length)} keep their results.
      </p>
      <ul className="preview">
        {again.slice(0, 12).map((each) => (
          <li key={each.id}>
            <Phase phase={each.phase} bare /> {each.name}
          </li>
        ))}
        {again.length > 12 && <li>and {again.length - 12} more</li>}
      </ul>
    </section>
  );
}
