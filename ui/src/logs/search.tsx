import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";

interface Props {
  count: number;
  at: number;
  search: (pattern: RegExp | null) => void;
  move: (step: number) => void;
  /** Ask the server for nothing but lines that match. */
  only: (text: string) => void;
}

/** Search in the log: a regular expression, or plain text where it is none. */
export function LogSearch({ count, at, search, move, only }: Props) {
  const [text, setText] = useState("");
  return (
    <span className="log-search">
      <input
        className="input"
        type="search"
        aria-label="Search in the log"
        placeholder="Search"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          search(patternOf(event.target.value));
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") move(event.shiftKey ? -1 : 1);
        }}
      />
      {text && (
        <>
          <span role="status">{count ? `${at + 1} of ${count}` : "nothing"}</span>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Previous hit"
            onClick={() => move(-1)}
          >
            <ChevronUp size={14} aria-hidden />
          </button>
          <button type="button" className="button quiet icon" aria-label="Next hit" onClick={() => move(1)}>
            <ChevronDown size={14} aria-hidden />
          </button>
          <button
            type="button"
            className="button quiet"
            title="The server sends only lines that match"
            onClick={() => only(text)}
          >
            Only these
          </button>
        </>
      )}
    </span>
  );
}

function patternOf(text: string): RegExp | null {
  if (!text) return null;
  try {
    return new RegExp(text, "i");
  } catch {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  }
}
