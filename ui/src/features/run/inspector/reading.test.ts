import { createTarGzip } from "nanotar";
import { describe, expect, it } from "vitest";
import { beginning, unpacked } from "./reading";

const gzip = (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
const texts = async (files: { name: string; blob: Blob }[]): Promise<[string, string][]> =>
  Promise.all(files.map(async ({ name, blob }): Promise<[string, string]> => [name, await blob.text()]));

describe("archives", () => {
  it("are listed with their files, without their directories", async () => {
    const packed = await createTarGzip([
      { name: "a" },
      { name: "a/one.txt", data: "1" },
      { name: "a/none", data: "" },
    ]);
    const found = await texts(await unpacked(new Blob([packed as Uint8Array<ArrayBuffer>]), "x/out.tgz"));
    expect(found.filter(([name]) => name !== "a")).toEqual([
      ["a/one.txt", "1"],
      ["a/none", ""],
    ]);
  });

  it("that hold no tar are the file that was packed", async () => {
    expect(await texts(await unpacked(await gzip("hello"), "x/report.txt.gz"))).toEqual([
      ["report.txt", "hello"],
    ]);
    expect(await texts(await unpacked(new Blob(["plain"]), "odd.tgz"))).toEqual([["odd.tgz", "plain"]]);
  });

  it("that unpack without end are read to a limit", async () => {
    const [file] = await unpacked(await gzip("x".repeat(100_000)), "bomb.gz", 1000);
    expect(file?.blob.size).toBe(1000);
  });

  it("that are damaged say so", async () => {
    const damaged = (await gzip("hello".repeat(1000))).slice(0, 20);
    await expect(unpacked(damaged, "a.gz")).rejects.toThrow();
  });
});

describe("answers", () => {
  it("are read to a limit, and say how large the whole is", async () => {
    const long = new Response("0123456789", {
      headers: { "content-length": "10", "content-type": "text/x" },
    });
    const { blob, size } = await beginning(long, 4);
    expect([await blob.text(), blob.type, size]).toEqual(["0123", "text/x", 10]);
  });

  it("without a length are as large as what came", async () => {
    const { blob, size } = await beginning(new Response("abc"));
    expect([await blob.text(), size]).toEqual(["abc", 3]);
  });
});
