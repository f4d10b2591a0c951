/** What is kept in this browser, as JSON; what cannot be read counts as absent. */
import { lasting } from "../api/storage";

export function keptIn<T>(key: string, otherwise: T): T {
  try {
    const text = lasting.get(key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keepIn(key: string, value: unknown): void {
  lasting.set(key, JSON.stringify(value));
}
