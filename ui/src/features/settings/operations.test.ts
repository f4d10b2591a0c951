import { expect, it } from "vitest";
import { filled, operationsOf } from "./operations";

const DESCRIPTION = {
  paths: {
    "/api/v1/workflows/{namespace}": {
      get: {
        summary: "One page of workflows",
        parameters: [
          { name: "namespace", in: "path", required: true },
          { name: "fields", in: "query" },
        ],
      },
      post: { summary: "Keep a workflow", requestBody: {} },
    },
  },
};

it("finds operations by words of their path, method and summary", () => {
  expect(operationsOf(DESCRIPTION, "post work").map((each) => each.summary)).toEqual(["Keep a workflow"]);
  expect(operationsOf(DESCRIPTION, "").length).toBe(2);
});

it("fills the path and the query in", () => {
  const [operation] = operationsOf(DESCRIPTION, "get page");
  if (!operation) throw new Error("no such operation");
  expect(filled(operation, { namespace: "a b", fields: "metadata" })).toEqual({
    path: "api/v1/workflows/a%20b",
    query: { fields: "metadata" },
    missing: [],
  });
  expect(filled(operation, {}).missing).toEqual(["namespace"]);
});
