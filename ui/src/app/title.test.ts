import { expect, test } from "vitest";
import { titleOf } from "./title";

test("a title names the object, the place and the namespace", () => {
  expect(titleOf("/", {})).toBe("Home · Tiphys");
  expect(titleOf("/workflows/$namespace", { namespace: "etl" })).toBe("Runs · etl · Tiphys");
  expect(titleOf("/workflows/$namespace/$name", { namespace: "etl", name: "load-x1" })).toBe(
    "load-x1 · Runs · etl · Tiphys",
  );
  expect(titleOf("__root__", {})).toBe("Home · Tiphys");
  expect(titleOf("/elsewhere", {})).toBe("No such page · Tiphys");
});
