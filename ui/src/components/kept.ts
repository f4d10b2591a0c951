/** What is kept in this browser, as JSON; what cannot be read counts as absent. */

export function keptIn<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keepIn(key: string, value: unknown): void {
  localStorage.setItem(key, JSON.stringify(value));
}
