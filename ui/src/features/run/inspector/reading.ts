/** Reads files that may be larger than a page should hold; pure but for the streams it is given. */
import { parseTar } from "nanotar";

/** In bytes: more than this is never held of one file. */
export const MOST = 50_000_000;

/** A file of an archive. */
export interface Packed {
  name: string;
  /** What was read of it. */
  blob: Blob;
  /** The size of the whole, as far as it is known. */
  size: number;
}

/** What an archive has; `cut` when it unpacks to more than was read. */
export interface Unpacked {
  files: Packed[];
  cut: boolean;
}

/** The beginning of an answer's body, at most `most` bytes, and how large the whole is. */
export async function beginning(response: Response, most = MOST): Promise<{ blob: Blob; size: number }> {
  const blob = await taken(response.body, most, response.headers.get("content-type") ?? "");
  return { blob, size: Math.max(blob.size, Number(response.headers.get("content-length") ?? 0)) };
}

/** The files of a tar archive, packed by gzip or not; of another packed file, what is in it under its own name. */
export async function unpacked(blob: Blob, name: string, most = MOST): Promise<Unpacked> {
  const plain = (await isPacked(blob))
    ? await taken(blob.stream().pipeThrough(new DecompressionStream("gzip")), most)
    : blob;
  const cut = plain.size >= most;
  if ((await plain.slice(257, 262).text()) !== "ustar") {
    const own = (name.split("/").pop() ?? name).replace(/\.gz$/, "");
    return { files: [{ name: own, blob: plain, size: plain.size }], cut };
  }
  const bytes = new Uint8Array(await plain.arrayBuffer());
  const whole = cut ? mended(bytes) : undefined;
  const found = parseTar(whole?.bytes ?? bytes, { filter: (file) => file.type === "file" });
  const files = found.map((file, at) => ({
    name: file.name,
    blob: new Blob(file.data ? [file.data as Uint8Array<ArrayBuffer>] : []),
    size: at === found.length - 1 && whole?.last ? whole.last : file.size,
  }));
  return { files, cut };
}

const BLOCK = 512;
/** Where a header says how long its file is, in octal digits. */
const SIZE = { at: 124, digits: 11 };

/** A tar archive that was cut in a file, so that it ends with what is left of that; `last` is how long it was. */
function mended(bytes: Uint8Array<ArrayBuffer>): { bytes: Uint8Array<ArrayBuffer>; last?: number } {
  let at = 0;
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const digits = bytes.subarray(at + SIZE.at, at + SIZE.at + SIZE.digits);
    const size = Number.parseInt(new TextDecoder().decode(digits), 8) || 0;
    const left = bytes.length - at - BLOCK;
    if (size > left) {
      // One block more than what is read of the file: a reader stops before the last block.
      const whole = new Uint8Array(bytes.length + 2 * BLOCK);
      whole.set(bytes);
      whole.set(new TextEncoder().encode(left.toString(8).padStart(SIZE.digits, "0")), at + SIZE.at);
      return { bytes: whole, last: size };
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { bytes };
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
