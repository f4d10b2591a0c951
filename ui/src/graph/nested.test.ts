import { describe, expect, it } from "vitest";
import { type Item, nestedLayout } from "./nested";

const item = (id: string, parent: string | null = null, open = false): Item => ({
  id,
  parent,
  width: 100,
  height: 20,
  open,
});

describe("nested layout", () => {
  it("puts what is inside a group inside its box, and later boxes behind it", () => {
    const items = [item("g", null, true), item("a", "g"), item("b", "g"), item("z")];
    const rects = nestedLayout(items, [
      { from: "a", to: "b" },
      { from: "g", to: "z" },
    ]);
    const [g, b, z] = ["g", "b", "z"].map((id) => rects.get(id));
    if (!g || !b || !z) throw new Error("a box is missing");
    expect(b.x + b.width).toBeLessThanOrEqual(g.x + g.width);
    expect(b.y + b.height).toBeLessThanOrEqual(g.y + g.height);
    expect(z.x).toBeGreaterThan(g.x + g.width);
    expect(b.depth).toBe(1);
  });

  it("lays out from top to bottom what it is asked to, groups upright", () => {
    const items = [item("g", null, true), item("a", "g"), item("b", "g"), item("z")];
    const edges = [
      { from: "a", to: "b" },
      { from: "g", to: "z" },
    ];
    const rects = nestedLayout(items, edges, undefined, true);
    const [g, a, b, z] = ["g", "a", "b", "z"].map((id) => rects.get(id));
    if (!g || !a || !b || !z) throw new Error("a box is missing");
    expect(b.y).toBeGreaterThan(a.y + a.height);
    expect(b.x).toBe(a.x);
    expect(b.x + b.width).toBeLessThanOrEqual(g.x + g.width);
    expect(z.y).toBeGreaterThan(g.y + g.height);
    expect(nestedLayout(items, edges, rects, true)).toEqual(rects);
  });

  it("shows nothing of a closed group", () => {
    const rects = nestedLayout([item("g"), item("a", "g")], []);
    expect([...rects.keys()]).toEqual(["g"]);
  });
});
