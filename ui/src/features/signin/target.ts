/** Where somebody goes after signing in: a path of this UI with all that belongs to it.  Pure. */
export function targetOf(redirect: string | undefined, baseURI: string): string {
  const base = new URL(baseURI);
  const target = new URL(redirect ?? "", base);
  // Only addresses of this UI: anything else would be an open redirect.
  const ours = target.origin === base.origin && target.pathname.startsWith(base.pathname);
  return ours ? target.pathname + target.search + target.hash : base.pathname;
}
