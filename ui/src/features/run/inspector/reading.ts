/** Reads files that may be larger than a page should hold; pure but for the streams it is given. */
import { parseTar } from "nanotar";

/** In bytes: more than this is never held of one file. */
export const MOST = 50_000_000;

/** A file of an archive. */
export interface Packed {
  name: string;
  blob: Blob;
}

/** The beginning of an answer's body, at most `most` bytes, and how large the whole is. */
export async function beginning(response: Response, most = MOST): Promise<{ blob: Blob; size: number }> {
  const blob = await taken(response.body, most, response.headers.get("content-type") ?? "");
  return { blob, size: Math.max(blob.size, Number(response.headers.get("content-length") ?? 0)) };
}

/** The files of a tar archive, packed by gzip or not; of another packed file, what is in it under its own name. */
export async function unpacked(blob: Blob, name: string, most = MOST): Promise<Packed[]> {
  const plain = (await isPacked(blob))
    ? await taken(blob.stream().pipeThrough(new DecompressionStream("gzip")), most)
    : blob;
  if ((await plain.slice(257, 262).text()) !== "ustar")
    return [{ name: (name.split("/").pop() ?? name).replace(/\.gz$/, ""), blob: plain }];
  return parseTar(await plain.arrayBuffer(), { filter: (file) => file.type === "file" }).map((file) => ({
    name: file.name,
    blob: new Blob(file.data ? [file.data as Uint8Array<ArrayBuffer>] : []),
  }));
}

/** True for what gzip has packed, whatever it is called: Argo packs outputs and keeps their names. */
export async function isPacked(blob: Blob): Promise<boolean> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What a stream gives, until `most` bytes came; the rest is not asked for. */
async function taken(stream: ReadableStream<Uint8Array> | null, most: number, type = ""): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = stream?.getReader();
  let size = 0;
  while (reader && size < most) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type });
    parts.push(value as Uint8Array<ArrayBuffer>);
    size += value.length;
  }
  await reader?.cancel();
  return new Blob(parts, { type }).slice(0, most, type);
}
