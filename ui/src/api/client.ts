/**
 * Requests to the server: addresses relative to the base href, the token, Argo's errors.
 *
 * Nothing else in the UI calls `fetch`.
 */
import { heard } from "./clock";
import { lasting, session } from "./storage";

/** What the server says when it refuses: Argo's `{code, message}`, with the HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** A query: undefined and empty values are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const TOKEN = "tiphys.token";
const unauthorized = new Set<() => void>();
const changed = new Set<() => void>();

/** The token of this tab, as it is sent: with its scheme. */
export function token(): string {
  return session.get(TOKEN) ?? lasting.get(TOKEN) ?? "";
}

/** Keep a token (empty forgets it); `long` keeps it beyond this tab. */
export function keepToken(value: string, long: boolean): void {
  session.remove(TOKEN);
  lasting.remove(TOKEN);
  const sent = asSent(value);
  if (sent) (long ? lasting : session).set(TOKEN, sent);
  // What the browser fetches by itself, such as downloads and frames, has no header: the cookie is for them.
  const path = new URL(document.baseURI).pathname;
  const age = sent === "" ? "; max-age=0" : long ? "; max-age=2592000" : "";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `authorization="${sent}"; path=${path}; samesite=strict${age}${secure}`;
  for (const listener of changed) listener();
}

function asSent(value: string): string {
  const text = value.trim();
  return text === "" || text.includes(" ") ? text : `Bearer ${text}`;
}

/** Be told whenever the server does not accept the token that is kept; returns how to stop. */
export function onUnauthorized(listener: () => void): () => void {
  unauthorized.add(listener);
  return () => unauthorized.delete(listener);
}

/** Be told whenever another token is kept; returns how to stop. */
export function onToken(listener: () => void): () => void {
  changed.add(listener);
  return () => changed.delete(listener);
}

/** The address of a path of the server below the base href, with its query; a worker has no base but whole addresses. */
export function address(path: string, query: Query = {}): string {
  const url = new URL(path, typeof document === "undefined" ? location.href : document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.toString();
}

/** One segment of a path. */
export const segment = encodeURIComponent;

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE" | "PATCH";
  query?: Query;
  body?: unknown;
  /** A body that is sent as a form, with files. */
  form?: FormData;
  accept?: string;
  /** A token to try in place of the one that is kept. */
  token?: string;
  signal?: AbortSignal;
}

/** Send a request and give back its answer; anything but 2xx is an `ApiError`. */
export async function send(path: string, options: Options = {}): Promise<Response> {
  const headers = new Headers({ Accept: options.accept ?? "application/json" });
  const sent = options.token === undefined ? token() : asSent(options.token);
  if (sent) headers.set("Authorization", sent);
  const init: RequestInit = { method: options.method ?? "GET", headers, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.body);
  } else if (options.form) init.body = options.form;
  let response: Response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 14, "the server does not answer");
  }
  heard(response.headers.get("Date"));
  // An answer that is late says nothing of a token that was kept since.
  if (response.status === 401 && options.token === undefined && sent === token())
    for (const listener of unauthorized) listener();
  if (!response.ok) throw await problem(response);
  return response;
}

/** Send a request and read its JSON. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 14, "the server's answer broke off");
  }
}

async function problem(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { code?: number; message?: string };
    return new ApiError(response.status, body.code ?? 2, body.message ?? response.statusText);
  } catch {
    return new ApiError(response.status, 2, text.slice(0, 300) || response.statusText);
  }
}
