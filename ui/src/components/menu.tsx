import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import "./menu.css";

interface Props {
  label: ReactNode;
  /** Said to those who do not see the label. */
  name?: string;
  className?: string;
  children: ReactNode;
}

/** A button that shows further buttons; arrows move, Escape and a click elsewhere close. */
export function Menu({ label, name, className = "button", children }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const list = box.current?.querySelector<HTMLElement>(".menu-list");
    list?.querySelector<HTMLElement>("button:not(:disabled), a")?.focus();
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const trigger = (): HTMLElement | null | undefined =>
    box.current?.querySelector<HTMLElement>(":scope > button");
  const move = (event: React.KeyboardEvent): void => {
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
      trigger()?.focus();
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || !open) return;
    event.preventDefault();
    const all = [
      ...(box.current?.querySelectorAll<HTMLElement>(".menu-list :is(button:not(:disabled), a)") ?? []),
    ];
    const here = all.indexOf(document.activeElement as HTMLElement);
    all[(here + step + all.length) % all.length]?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the buttons inside arrive here
    <div
      className="menu"
      ref={box}
      onKeyDown={move}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget && !box.current?.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        className={className}
        aria-expanded={open}
        aria-haspopup="true"
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {label}
        <ChevronDown size={14} aria-hidden />
      </button>
      {open && (
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- clicks and keys of the buttons inside arrive here
        <div
          className="menu-list"
          onClick={(event) => {
            // The list goes and takes the focus with it; a dialog that opens gives it back to the button as well.
            if (event.currentTarget.contains(document.activeElement)) trigger()?.focus();
            setOpen(false);
          }}
        >
          {children}
        </div>
      )}
    </div>
  );
}
