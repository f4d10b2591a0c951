/** What a phase of a run or a node says: that it is over, that it went wrong. */

export const hasFailed = (phase: string | undefined): boolean => phase === "Failed" || phase === "Error";
export const isOver = (phase: string | undefined): boolean => phase === "Succeeded" || hasFailed(phase);
