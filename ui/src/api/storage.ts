/** What the browser keeps of us.  When it may keep nothing, or has no room left, this page remembers it until it is closed. */

export class Place {
  private readonly memory = new Map<string, string>();

  /** Even to name the storage may be forbidden. */
  constructor(private readonly of: () => Storage) {}

  get(key: string): string | null {
    return this.memory.get(key) ?? tried(() => this.of().getItem(key)) ?? null;
  }

  /** False when the page alone remembers it. */
  set(key: string, value: string): boolean {
    const kept = tried(() => {
      this.of().setItem(key, value);
      return true;
    });
    if (kept) this.memory.delete(key);
    else this.memory.set(key, value);
    return kept === true;
  }

  remove(key: string): void {
    this.memory.delete(key);
    tried(() => this.of().removeItem(key));
  }

  keys(): string[] {
    return [...this.memory.keys(), ...(tried(() => Object.keys(this.of())) ?? [])];
  }
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Of this browser. */
export const lasting = new Place(() => localStorage);
/** Of this tab. */
export const session = new Place(() => sessionStorage);
