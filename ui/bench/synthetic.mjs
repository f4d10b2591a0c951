// Runs, lists and logs of any size for measurements and pictures; always the same for the same size.

const START = Date.parse("2026-03-01T08:00:00Z");
const time = (seconds) => new Date(START + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
const PHASES = [
  "Succeeded",
  "Succeeded",
  "Succeeded",
  "Succeeded",
  "Succeeded",
  "Succeeded",
  "Failed",
  "Skipped",
];

/** A finished run: layers of ten tasks each; every fifth task is a loop of up to 40 items. */
export function syntheticRun(name, size) {
  const nodes = {};
  const tasks = [];
  const add = (id, more) => {
    nodes[id] = {
      id,
      name: id,
      templateName: "work",
      type: "Pod",
      phase: "Succeeded",
      children: [],
      ...more,
    };
    return nodes[id];
  };
  const root = add(name, {
    displayName: name,
    type: "DAG",
    templateName: "main",
    startedAt: time(0),
    phase: "Failed",
  });
  let before = [root];
  let count = 1;
  for (let layer = 0; count < size; layer++) {
    const now = [];
    for (let row = 0; row < 10 && count < size; row++) {
      const task = `${["extract", "clean", "join", "load", "check"][row % 5]}-${layer}-${row}`;
      const id = `${name}-${layer}-${row}`;
      const begin = layer * 30 + row;
      const loop = row % 5 === 4;
      const made = add(id, {
        name: `${name}.${task}`,
        displayName: task,
        boundaryID: name,
        startedAt: time(begin),
        finishedAt: time(begin + 5 + ((row * 7 + layer) % 20)),
        type: loop ? "TaskGroup" : "Pod",
        phase: loop ? "Succeeded" : PHASES[(row + layer * 3) % 8],
      });
      count++;
      if (made.phase === "Failed") made.message = "Error (exit code 1)";
      const outs = loop ? [] : [made];
      for (let item = 0; loop && item < 40 && count < size; item++, count++) {
        const own = add(`${id}-${item}`, {
          name: `${name}.${task}(${item}:part-${item})`,
          displayName: `${task}(${item}:part-${item})`,
          boundaryID: name,
          startedAt: time(begin + 1),
          finishedAt: time(begin + 3 + (item % 15)),
          phase: item % 17 === 16 ? "Failed" : "Succeeded",
        });
        made.children.push(own.id);
        outs.push(own);
      }
      // A task follows one or two tasks of the layer before.
      for (const other of [before[row % before.length], before[(row * 3 + 1) % before.length]])
        if (!other.children.includes(id)) other.children.push(id);
      now.push(loop ? (outs[0] ?? made) : made);
      tasks.push(task);
    }
    before = now;
  }
  root.finishedAt = time(tasks.length * 3 + 60);
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: {
      name,
      namespace: "default",
      uid: `uid-${name}`,
      resourceVersion: "7",
      creationTimestamp: time(0),
    },
    spec: { entrypoint: "main", arguments: {}, templates: [{ name: "main" }, { name: "work" }] },
    status: {
      phase: "Failed",
      startedAt: time(0),
      finishedAt: root.finishedAt,
      progress: `${count}/${count}`,
      message: "child failed",
      nodes,
    },
  };
}

/** One page of a list of runs; `from` is the number of its first row. */
export function syntheticList(count, from = 0, all = count) {
  const items = Array.from({ length: Math.min(count, all - from) }, (_, at) => {
    const number = from + at;
    const phase = ["Succeeded", "Failed", "Succeeded", "Running", "Succeeded"][number % 5];
    return {
      metadata: {
        name: `nightly-${String(number).padStart(6, "0")}`,
        namespace: "default",
        uid: `uid-${number}`,
        creationTimestamp: time(-60 * number),
        labels: { "workflows.argoproj.io/phase": phase, "workflows.argoproj.io/cron-workflow": "nightly" },
      },
      spec: { arguments: {} },
      status: {
        phase,
        startedAt: time(-60 * number),
        ...(phase === "Running" ? {} : { finishedAt: time(-60 * number + 20 + (number % 40)) }),
        progress: "3/4",
        ...(phase === "Failed" ? { message: "Error (exit code 1)" } : {}),
      },
    };
  });
  const next = from + items.length;
  return { metadata: { resourceVersion: "1", ...(next < all ? { continue: String(next) } : {}) }, items };
}

const WORDS = ["reading", "part", "of", "table", "orders", "rows", "written", "checksum", "ok", "retrying"];

/** One frame of a stream of log lines. */
export function syntheticLine(number) {
  const words = Array.from({ length: 9 }, (_, at) => WORDS[(number * 7 + at * 3) % WORDS.length]).join(" ");
  const level = number % 997 === 0 ? "ERROR" : number % 211 === 0 ? "WARN" : "INFO";
  const content = `${time(number / 1000)} ${level} ${number} ${words}`;
  return `${JSON.stringify({ result: { content, podName: "big-work-1" } })}\n`;
}
