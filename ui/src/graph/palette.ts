/** The page's colours as the canvas and files want them: resolved, for the present look. */

export interface Palette {
  /** The value of one of the variables in styles/tokens.css. */
  token: (name: string) => string;
  /** What a class such as `phase-failed` or `hue-3` means. */
  look: (name: string) => string;
}

let known: { key: string; palette: Palette } | undefined;

/** The colours at an element; asked for once for each look. */
export function paletteOf(host: HTMLElement): Palette {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const key = `${document.documentElement.dataset["theme"] ?? ""}/${dark ? "dark" : "light"}`;
  if (known?.key !== key) known = { key, palette: read(host) };
  return known.palette;
}

function read(host: HTMLElement): Palette {
  const found = new Map<string, string>();
  const resolve = (className: string, variable: string): string => {
    const key = `${className} ${variable}`;
    const old = found.get(key);
    if (old !== undefined) return old;
    const probe = document.createElement("span");
    probe.className = className;
    probe.hidden = true;
    probe.style.color = `var(${variable})`;
    (host.isConnected ? host : document.body).append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    found.set(key, colour);
    return colour;
  };
  return {
    token: (name) => resolve("", `--${name}`),
    look: (name) => resolve(name, "--one"),
  };
}
