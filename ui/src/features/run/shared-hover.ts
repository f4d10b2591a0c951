import { type PointerEvent, useRef } from "react";

interface Hover {
  onPointerOver: (event: PointerEvent<HTMLElement>) => void;
}

/**
 * Marks all that shows the node under the pointer: its row, its box, its bar.
 *
 * On the elements themselves: nothing is drawn anew by React while the pointer moves over thousands of nodes.
 */
export function useSharedHover(): Hover {
  const over = useRef<string | undefined>(undefined);
  return {
    onPointerOver: ({ target, currentTarget }) => {
      const id = target instanceof Element ? target.closest("[data-node]")?.getAttribute("data-node") : null;
      if (over.current === (id ?? undefined)) return;
      over.current = id ?? undefined;
      for (const element of currentTarget.querySelectorAll("[data-node][data-hovered]"))
        element.removeAttribute("data-hovered");
      if (id)
        for (const element of currentTarget.querySelectorAll(`[data-node="${CSS.escape(id)}"]`))
          element.setAttribute("data-hovered", "");
    },
  };
}
