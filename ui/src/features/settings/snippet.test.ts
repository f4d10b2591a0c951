import { expect, it } from "vitest";
import { snippet } from "./snippet";

it("writes the base href as Argo's client wants it", () => {
  const text = snippet("https://h:1/argo/", "Bearer a'b", "ns");
  expect(text).toContain("ARGO_BASE_HREF=/argo\n");
  expect(text).toContain(`ARGO_TOKEN='Bearer a'\\''b'`);
  expect(text).toContain("ARGO_SECURE=true");
  expect(snippet("http://h/", "", "ns")).not.toContain("ARGO_BASE_HREF");
});
