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
    const { files, cut } = await unpacked(new Blob([packed as Uint8Array<ArrayBuffer>]), "x/out.tgz");
    expect(cut).toBe(false);
    const found = await texts(files);
    expect(found.filter(([name]) => name !== "a")).toEqual([
      ["a/one.txt", "1"],
      ["a/none", ""],
    ]);
  });

  it("that hold no tar are the file that was packed", async () => {
    expect(await texts((await unpacked(await gzip("hello"), "x/report.txt.gz")).files)).toEqual([
      ["report.txt", "hello"],
    ]);
    expect(await texts((await unpacked(new Blob(["plain"]), "odd.tgz")).files)).toEqual([
      ["odd.tgz", "plain"],
    ]);
  });

  it("that unpack without end are read to a limit", async () => {
    const { files, cut } = await unpacked(await gzip("x".repeat(100_000)), "bomb.gz", 1000);
    expect([files[0]?.blob.size, cut]).toEqual([1000, true]);
  });

  it("that are larger than what is read end with the beginning of a file", async () => {
    const packed = await createTarGzip([
      { name: "one.txt", data: "1" },
      { name: "two.txt", data: "abc".repeat(1000) },
      { name: "three.txt", data: "3" },
    ]);
    const blob = new Blob([packed as Uint8Array<ArrayBuffer>]);
    // Whatever the cut leaves: within a file, within a header, at the end of a file.
    for (const most of [1100, 1536, 1540, 2048, 3000, 4600]) {
      const { files, cut } = await unpacked(blob, "out.tgz", most);
      expect(cut).toBe(true);
      expect(await files[0]?.blob.text()).toBe("1");
      const [, second] = files;
      if (most <= 1536) continue;
      expect([second?.name, second?.size]).toEqual(["two.txt", 3000]);
      expect(await second?.blob.text()).toBe("abc".repeat(1000).slice(0, most - 1536));
    }
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
