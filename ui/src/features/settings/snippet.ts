import { quoted } from "../launch/command";

/** The environment for `argo` and `tiphys`: the base href with a leading and without a trailing slash. */
export function snippet(base: string, token: string, namespace: string): string {
  const url = new URL(base);
  const path = url.pathname.replace(/\/$/, "");
  const lines = [
    `export ARGO_SERVER=${quoted(url.host)}`,
    "export ARGO_HTTP1=true",
    `export ARGO_SECURE=${String(url.protocol === "https:")}`,
    ...(path ? [`export ARGO_BASE_HREF=${quoted(path)}`] : []),
    ...(token ? [`export ARGO_TOKEN=${quoted(token)}`] : []),
    `export ARGO_NAMESPACE=${quoted(namespace)}`,
    "export KUBECONFIG=/dev/null",
  ];
  return `${lines.join("\n")}\n`;
}
