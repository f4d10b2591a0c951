import { CaseSensitive, ChevronDown, ChevronUp, Regex } from "lucide-react";
import { useState } from "react";
import type { FindLook } from "./find";

interface Props {
  count: number;
  at: number;
  text: string;
  look: FindLook;
  search: (text: string, look: FindLook) => void;
  move: (step: number) => void;
  /** Ask the server for nothing but lines that match. */
  only: (text: string) => void;
}

/** Search in the log: a regular expression, or plain text where it is none. */
export function LogSearch({ count, at, text: before, look, search, move, only }: Props) {
  // The address has it too, but a moment later than a person types.
  const [text, setText] = useState(before);
  const flip = (name: keyof FindLook): void => search(text, { ...look, [name]: !look[name] });
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
          search(event.target.value, look);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") move(event.shiftKey ? -1 : 1);
        }}
      />
      {text && (
        <>
          <button
            type="button"
            className="button quiet icon"
            aria-pressed={look.exact}
            aria-label="Match case"
            title="Match case"
            onClick={() => flip("exact")}
          >
            <CaseSensitive size={16} aria-hidden />
          </button>
          <button
            type="button"
            className="button quiet icon"
            aria-pressed={!look.plain}
            aria-label="Regular expression"
            title="Regular expression"
            onClick={() => flip("plain")}
          >
            <Regex size={14} aria-hidden />
          </button>
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
