// What was recorded, read from the page and put in order.

const causes = ["syscall", "cpuset_write", "cgroup_move", "hotplug", "fallback", "inheritance",
  "unknown"];
const noticeKinds = ["start", "end", "snapshot", "lost", "suppressed"];

function readModel() {
  const raw = JSON.parse(document.getElementById("data").textContent);
  setOrigin(raw.origin);
  const model = {
    cut: raw.cut, masks: raw.masks.map(text => new CpuList(text)), actors: raw.actors,
    targets: raw.targets, threads: raw.threads, events: raw.events, processes: [],
  };
  model.threads.forEach((thread, i) => prepareThread(thread, i));
  prepareEvents(model);
  model.start = model.events.find(event => event.event === "start") || null;
  model.cpus = countCpus(model);
  model.lanes = new Lanes(model.cpus);
  model.threads.forEach(thread => placeRuns(thread, model.lanes));
  findExtent(model);
  model.gaps = findGaps(model);
  model.threads.forEach(thread => { thread.steps = findSteps(model, thread); });
  groupThreads(model);
  return model;
}

function prepareThread(thread, i) {
  thread.i = i;
  thread.events = [];
  thread.marks = [];
  const raw = thread.runs || [];
  const count = raw.length / 3;
  const runs = {from: new Float64Array(count), to: new Float64Array(count),
    cpu: new Uint16Array(count), lane: new Uint8Array(count), count};
  let before = 0;
  let sorted = true;
  for (let run = 0; run < count; ++run) {
    runs.from[run] = before + raw[3 * run];
    runs.to[run] = before = runs.from[run] + raw[3 * run + 1];
    runs.cpu[run] = raw[3 * run + 2];
    sorted = sorted && raw[3 * run] >= 0 || run === 0;
  }
  thread.runs = sorted ? runs : sortedRuns(runs);
}

function sortedRuns(runs) {
  const order = Array.from(runs.from.keys()).sort((a, b) => runs.from[a] - runs.from[b]);
  return {from: Float64Array.from(order, i => runs.from[i]),
    to: Float64Array.from(order, i => runs.to[i]),
    cpu: Uint16Array.from(order, i => runs.cpu[i]), lane: runs.lane, count: runs.count};
}

function placeRuns(thread, lanes) {
  for (let i = 0; i < thread.runs.count; ++i) thread.runs.lane[i] = lanes.of(thread.runs.cpu[i]);
}

// In the order of time; what has no time stays where it was told.
function prepareEvents(model) {
  let last = 0;
  let nobody = null;
  for (const event of model.events) {
    event.timed = event.at !== undefined;
    if (!event.timed) event.at = event.to !== undefined ? event.to : last;
    last = event.at;
    event.kind = event.event === "set" ? event.cause : event.event;
    event.isNotice = noticeKinds.includes(event.event);
    event.failed = event.ret !== undefined && event.ret < 0;
    event.untrusted = event.event === "set" && event.request !== undefined && !event.failed
      && !event.trusted;
    event.thread = null;
    if (event.isNotice) continue;
    const target = event.target === undefined ? null : model.targets[event.target];
    if (target && target.thread !== undefined) {
      event.thread = model.threads[target.thread];
    } else {
      if (!nobody) nobody = nobodysThread(model);
      event.thread = nobody;
    }
  }
  model.events.sort((a, b) => a.at - b.at || a.seq - b.seq);
  model.events.forEach((event, i) => {
    event.i = i;
    if (event.thread) event.thread.events.push(event);
  });
}

// Calls that named nobody, or somebody for whom the page has no row.
function nobodysThread(model) {
  const thread = {pid: -1, tid: -1, comm: "", pseudo: true};
  prepareThread(thread, model.threads.length);
  model.threads.push(thread);
  return thread;
}

function countCpus(model) {
  let count = 0;
  for (const event of model.events) if (event.cpu_ids) count = Math.max(count, event.cpu_ids);
  if (count) return count;
  for (const mask of model.masks) count = Math.max(count, mask.highest + 1);
  for (const thread of model.threads) {
    for (const cpu of thread.runs.cpu) count = Math.max(count, cpu + 1);
  }
  return count || 1;
}

function findExtent(model) {
  let from = Infinity;
  let to = -Infinity;
  const see = at => {
    if (at === undefined) return;
    if (at < from) from = at;
    if (at > to) to = at;
  };
  for (const event of model.events) {
    if (event.timed) see(event.at);
    see(event.to);
  }
  for (const thread of model.threads) {
    if (thread.alive) for (let i = 0; i < thread.alive.length; i += 2) see(thread.alive[i]);
    see(thread.ended);
    if (thread.runs.count) {
      see(thread.runs.from[0]);
      see(thread.runs.to[thread.runs.count - 1]);
    }
  }
  for (const part of Object.values(model.cut)) {
    see(part.from);
    see(part.to);
  }
  model.isEmpty = from > to;
  model.from = model.isEmpty ? 0 : from;
  model.to = model.isEmpty ? 1e9 : Math.max(to, from + 1000);
}

function groupThreads(model) {
  const byKey = new Map();
  for (const thread of model.threads) {
    if (!byKey.has(thread.pid)) {
      const process = {pid: thread.pid, threads: [], events: 0, folded: false,
        pseudo: thread.pseudo};
      byKey.set(thread.pid, process);
      model.processes.push(process);
    }
    const process = byKey.get(thread.pid);
    thread.process = process;
    process.threads.push(thread);
    process.events += thread.events.length;
  }
  for (const process of model.processes) {
    process.threads.sort((a, b) => a.tid - b.tid || a.start - b.start);
    const leader = process.threads.find(thread => thread.tid === process.pid);
    process.comm = (leader || process.threads[0]).comm;
    process.cgroup = (leader || process.threads[0]).cgroup;
  }
  model.processes.sort((a, b) => (b.events > 0) - (a.events > 0)
    || Boolean(a.pseudo) - Boolean(b.pseudo) || a.pid - b.pid);
}
