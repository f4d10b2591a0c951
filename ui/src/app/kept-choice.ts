/** One of a few words that somebody chose: kept in this browser, put onto the document, told to all that show it. */
import { useSyncExternalStore } from "react";
import { lasting } from "../api/storage";

export interface KeptChoice<T extends string> {
  get: () => T;
  set: (next: T) => void;
  /** Put the kept one onto the document; called once before anything is drawn. */
  apply: () => void;
  use: () => T;
}

/** The first of `words` holds while nothing is kept; it is not kept itself. */
export function keptChoice<T extends string>(
  key: string,
  words: readonly [T, ...T[]],
  put: (word: T) => void,
): KeptChoice<T> {
  const listeners = new Set<() => void>();
  const get = (): T => words.find((word) => word === lasting.get(key)) ?? words[0];
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set(next) {
      if (next === words[0]) lasting.remove(key);
      else lasting.set(key, next);
      put(next);
      for (const listener of listeners) listener();
    },
    apply: () => put(get()),
    use: () => useSyncExternalStore(subscribe, get),
  };
}
