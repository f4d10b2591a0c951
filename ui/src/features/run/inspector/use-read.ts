import { useEffect, useState } from "react";

interface Read<T> {
  /** What it was read from: a file that has changed since is read again. */
  of: Blob;
  value?: T;
  failed?: boolean;
}

/** What `read` finds in a file, once it has; `read` must stay the same function. */
export function useRead<T>(blob: Blob, read: (blob: Blob) => Promise<T>): { value?: T; failed?: boolean } {
  const [found, setFound] = useState<Read<T>>({ of: blob });
  useEffect(() => {
    let asked = true;
    read(blob).then(
      (value) => {
        if (asked) setFound({ of: blob, value });
      },
      () => {
        if (asked) setFound({ of: blob, failed: true });
      },
    );
    return () => {
      asked = false;
    };
  }, [blob, read]);
  return found.of === blob ? found : {};
}
