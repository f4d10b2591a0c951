/** A number of places that are taken in order: whoever finds none free waits for one.  Pure. */
export class Places {
  private readonly waiting = new Set<() => void>();
  private taken = 0;

  constructor(private readonly most: number) {}

  /** Call `granted` as soon as a place is free, perhaps at once; returns how to give it back, or to wait no longer. */
  take(granted: () => void): () => void {
    let mine = false;
    const enter = (): void => {
      mine = true;
      this.taken++;
      granted();
    };
    if (this.taken < this.most) enter();
    else this.waiting.add(enter);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.waiting.delete(enter);
      if (mine) this.free();
    };
  }

  private free(): void {
    this.taken--;
    const [next] = this.waiting;
    if (!next) return;
    this.waiting.delete(next);
    next();
  }
}
