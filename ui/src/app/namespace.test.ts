import { expect, it } from "vitest";
import { inNamespace } from "../api/namespaces";
import { pageIn } from "./namespace-switch";

it("stays with what a page is about when the namespace changes", () => {
  const pages = [
    "/workflows/$namespace/$name",
    "/event-flow/$namespace",
    "/sensors/$namespace/$name",
    "/reports/$namespace",
    "/launch/$namespace",
    "/compare/$namespace",
    "/cluster-workflow-templates/$name",
    "/",
    "/userinfo",
  ];
  expect(pages.map(pageIn)).toEqual([
    "/workflows/$namespace",
    "/event-flow/$namespace",
    "/sensors/$namespace",
    "/reports/$namespace",
    "/launch/$namespace",
    "/workflows/$namespace",
    "/workflow-templates/$namespace",
    null,
    null,
  ]);
});

it("asks for all namespaces as the API does", () => {
  expect([inNamespace("-"), inNamespace("team-a"), inNamespace("")]).toEqual(["", "team-a", ""]);
});
