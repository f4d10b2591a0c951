import { describe, expect, it } from "vitest";
import { type Box, type Edge, layout } from "./layout";

const box = (id: string): Box => ({ id, width: 100, height: 20 });
const edge = (text: string): Edge => ({ from: text[0] ?? "", to: text[1] ?? "" });

function overlaps(boxes: Box[], edges: Edge[]): number {
  const { places } = layout(boxes, edges);
  const rows = new Map<number, number[]>();
  for (const place of places.values()) rows.set(place.layer, [...(rows.get(place.layer) ?? []), place.y]);
  let found = 0;
  for (const row of rows.values()) {
    row.sort((a, b) => a - b);
    for (let at = 1; at < row.length; at++) if ((row[at] ?? 0) - (row[at - 1] ?? 0) < 20) found++;
  }
  return found;
}

describe("layout", () => {
  it("puts a diamond into three layers, centred", () => {
    const { places, height } = layout([..."ABCD"].map(box), ["AB", "AC", "BD", "CD"].map(edge));
    expect([..."ABCD"].map((id) => places.get(id)?.layer)).toEqual([0, 1, 1, 2]);
    expect(places.get("A")?.y).toBe(places.get("D")?.y);
    expect(height).toBe(54);
  });

  it("uncrosses edges", () => {
    const { places } = layout([..."ABXY"].map(box), ["AY", "BX"].map(edge));
    expect((places.get("Y")?.y ?? 0) < (places.get("X")?.y ?? 0)).toBe(true);
  });

  it("ignores circles, unknown boxes and itself", () => {
    expect(layout([..."AB"].map(box), ["AB", "BA", "AA", "AZ"].map(edge)).places.size).toBe(2);
  });

  it("keeps the order of an earlier layout when boxes are added", () => {
    const first = layout([..."ABC"].map(box), []);
    const later = layout(["Z", "C", "B", "A"].map(box), [], undefined, first.places);
    const order = [..."ABCZ"].sort((a, b) => (later.places.get(a)?.y ?? 0) - (later.places.get(b)?.y ?? 0));
    expect(order).toEqual(["A", "B", "C", "Z"]);
  });

  it("never lays boxes over each other, in wide and deep graphs", () => {
    const boxes = Array.from({ length: 400 }, (_, at) => box(String(at)));
    const edges = boxes.slice(1).map((one, at) => ({ from: String(Math.floor(at / 7)), to: one.id }));
    expect(overlaps(boxes, edges)).toBe(0);
  });
});
