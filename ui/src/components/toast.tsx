/** Short messages at the edge of the page, read out to those who do not see them. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { reasonOf } from "../api/reason";
import "./toast.css";

interface Message {
  id: number;
  text: string;
  bad: boolean;
}

let messages: readonly Message[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

/** Say something; what went wrong stays until it is dismissed. */
export function say(text: string, bad = false): void {
  const id = ++last;
  change([...messages.slice(-4), { id, text, bad }]);
  if (!bad) setTimeout(() => dismiss(id), 6000);
}

/** Say what went wrong. */
export function complain(error: unknown): void {
  say(reasonOf(error), true);
}

function dismiss(id: number): void {
  change(messages.filter((message) => message.id !== id));
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((message) => (
        <div key={message.id} className={message.bad ? "toast bad" : "toast"}>
          <span>{message.text}</span>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Dismiss"
            onClick={() => dismiss(message.id)}
          >
            <X size={14} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
