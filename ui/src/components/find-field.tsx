interface Props {
  /** What it finds: "Find nodes". */
  label: string;
  text: string;
  change: (text: string) => void;
}

/** A field whose text narrows what is shown, with each letter. */
export function FindField({ label, text, change }: Props) {
  return (
    <input
      className="input"
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}
