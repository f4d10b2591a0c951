/** Where the log of a node is; pure. */
import type { NodeStatus } from "../../api/types";

/** The log as addresses name it (`sidePanel`); undefined for nodes that write none. */
export function logOf(status: NodeStatus): string | undefined {
  const { id = "", type, displayName = "", memoizationStatus } = status;
  if (["Skipped", "Suspend", "HTTP", "Plugin"].includes(type ?? "") || memoizationStatus?.hit === true)
    return undefined;
  return `logs:${id}:${type === "Container" ? displayName : failedContainer(status.message)}`;
}

/** The container that a failure's message names; outputs that are missing are for main to write. */
function failedContainer(message = ""): string {
  const [, name = "main"] = /^([\w-]+): .*\(exit code -?\d+\)/s.exec(message) ?? [];
  return name === "wait" || name === "supervisor" ? "main" : name;
}
