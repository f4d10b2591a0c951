import { expect, it } from "vitest";
import { targetOf } from "./target";

const BASE = "https://host.example/argo/";

it.each([
  [
    "/argo/workflows/default/etl?tab=timeline&nodeId=a#L12",
    "/argo/workflows/default/etl?tab=timeline&nodeId=a#L12",
  ],
  ["https://host.example/argo/reports/default?labels=a%3Db", "/argo/reports/default?labels=a%3Db"],
  ["workflows/default", "/argo/workflows/default"],
  [undefined, "/argo/"],
  ["https://elsewhere.example/argo/", "/argo/"],
  ["//elsewhere.example/argo/", "/argo/"],
  ["/other", "/argo/"],
  ["javascript:alert(1)", "/argo/"],
])("%s leads to %s", (redirect, target) => expect(targetOf(redirect, BASE)).toBe(target));
