import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import { Notice } from "../components/notice";
import { artifactLinks, linksInSight } from "../features/run/artifact-links";
import { useRunView } from "../features/run/context";
import { criticalPath } from "../features/run/critical";
import { picksOf } from "../features/run/picks";
import { planOf } from "../features/run/planned";
import { provisosOf, shortly } from "../features/run/provisos";
import { fits, visibleHolder } from "../features/run/rows";
import { shownOf } from "../features/run/search";
import { colouring } from "./colours";
import { fitting } from "./facets";
import { Flow } from "./flow";
import "./graph.css";
import { type Marks, MarksContext } from "./marks";
import type { PaintLink, Picture } from "./paint";
import { type SceneNode, sceneOf } from "./scene";
import { useLayout } from "./use-layout";

// The graph is there before what changes its look.
const Toolbar = lazy(() => import("./toolbar"));

const NOTHING: ReadonlySet<string> = new Set();

/** The graph of a run: pan, zoom, fold, choose; what is planned is drawn grey. */
export default function Canvas() {
  const { run, model, folds, search, marks: plannedMarks } = useRunView();
  const plan = useMemo(() => planOf(run, model), [run, model]);
  const show = search.show;
  const shown = useMemo(() => shownOf({ show }), [show]);
  const scene = useMemo(
    () =>
      sceneOf(model, plan, folds.open, {
        down: shown.has("down"),
        templates: shown.has("templates"),
        provisos: provisosOf(run, model, plan),
      }),
    [run, model, plan, folds.open, shown],
  );
  const { places, problem, again } = useLayout(scene);
  const colours = useMemo(() => colouring(search.colour ?? "phase", model), [search.colour, model]);
  const critical = useMemo(() => (shown.has("path") ? criticalPath(model) : NOTHING), [shown, model]);
  const chosen = visibleHolder(model, search.nodeId, scene.nodes);
  const text = useDeferredValue(search.q);
  const { only } = search;
  const faded = useMemo(() => {
    const kept = fitting(only, model);
    const found = new Set<string>();
    for (const [id, { node }] of scene.nodes)
      if (
        (text !== undefined && !(node && fits(node, text))) ||
        (kept && !kept.has(id)) ||
        plannedMarks?.get(id) === "keep"
      )
        found.add(id);
    return found;
  }, [scene, text, plannedMarks, only, model]);
  const { flip } = folds;
  const picked = useMemo(() => picksOf(search.nodes), [search.nodes]);
  const marks = useMemo(
    (): Marks => ({
      chosen,
      picked,
      faded: (id) => faded.has(id),
      again: (id) => plannedMarks?.get(id) === "again",
      critical,
      look: colours.look,
      flip,
    }),
    [chosen, picked, faded, plannedMarks, critical, colours, flip],
  );
  const artifacts = useMemo(
    () => (shown.has("artifacts") ? linksInSight(artifactLinks(model), model, scene.nodes) : []),
    [shown, model, scene],
  );
  const picture = useMemo((): Picture => {
    const lookOf = (node: SceneNode): string =>
      (node.planned ? "" : colours.look(node.node)) || `phase-${node.phase.toLowerCase()}`;
    const boxes = scene.items.flatMap((item) => {
      const [node, rect] = [scene.nodes.get(item.id), places?.get(item.id)];
      if (!node || !rect) return [];
      const { id, open, planned } = node;
      const proviso = node.proviso && shortly(node.proviso);
      return [{ id, rect, look: lookOf(node), open, planned, proviso, faded: faded.has(id) }];
    });
    const links = [
      ...scene.links.map((link) => ({ ...link, kind: kindOf(link, scene.nodes, critical) })),
      ...artifacts.map((link) => ({ ...link, kind: "artifact" as const })),
    ].flatMap((link) => {
      const [from, to] = [places?.get(link.from), places?.get(link.to)];
      return from && to ? [{ from, to, kind: link.kind }] : [];
    });
    return { boxes, links, down: scene.down };
  }, [scene, places, colours, faded, critical, artifacts]);
  if (model.root === null)
    return (
      <Notice title="Nothing has started yet">
        {run.status?.message ?? "The graph appears as soon as the first step starts."}
      </Notice>
    );
  if (problem)
    return (
      <Notice title="The graph cannot be laid out" tone="danger" action={{ label: "Try again", run: again }}>
        {problem}. The tree, the timeline and the table show the same nodes.
      </Notice>
    );
  if (!places) return <div className="skeleton" role="status" aria-label="Laying out" />;
  return (
    <ReactFlowProvider>
      <MarksContext value={marks}>
        <div className="graph-frame">
          <Suspense fallback={<div className="view-bar" />}>
            <Toolbar colouring={colours} scene={scene} places={places} picture={picture} />
          </Suspense>
          <Flow
            scene={scene}
            places={places}
            picture={picture}
            first={model.causes[0]?.id && visibleHolder(model, model.causes[0].id, scene.nodes)}
          />
        </div>
      </MarksContext>
    </ReactFlowProvider>
  );
}

function kindOf(
  link: { from: string; to: string },
  nodes: ReadonlyMap<string, SceneNode>,
  critical: ReadonlySet<string>,
): PaintLink["kind"] {
  if (nodes.get(link.to)?.planned) return "planned";
  return critical.has(link.from) && critical.has(link.to) ? "critical" : "plain";
}
