// Which events and which threads are shown.

const filter = {words: [], hidden: new Set(), failed: false, cpu: null};

function isFiltered() {
  return filter.words.length > 0 || filter.hidden.size > 0 || filter.failed || filter.cpu !== null;
}

const chipOf = event => event.isNotice ? "recording" : event.kind;

// A word is looked for in each row of the tables once, and then known for each event.
function tablesWith(model, word) {
  const find = (list, text) => list.map(item => text(item).includes(word));
  return {
    masks: model.masks.map(mask => mask.text === word || `,${mask.text},`.includes(`,${word},`)),
    actors: find(model.actors, actor => taskWords(actor) + (actor.exe || "") + "\n"
      + (actor.parents || []).map(parent => `${parent.comm} ${parent.pid}`).join("\n")),
    targets: find(model.targets, taskWords),
    threads: find(model.threads, thread => taskWords(thread) + (thread.process.comm || "")),
  };
}

function taskWords(task) {
  return [task.comm, task.pid, task.tid, task.cgroup, task.container, ""]
    .join("\n").toLowerCase();
}

function hasWord(event, word, found) {
  if (event.actor !== undefined && found.actors[event.actor]) return true;
  if (event.target !== undefined && found.targets[event.target]) return true;
  for (const key of ["old", "request", "effective", "answer"]) {
    if (event[key] !== undefined && found.masks[event[key]]) return true;
  }
  const own = [event.kind, event.error, event.by, event.reason, event.comm, event.kernel];
  return own.some(text => text && text.toLowerCase().includes(word));
}

function touches(model, event, cpu) {
  return event.cpu === cpu || ["old", "request", "effective", "answer"].some(
    key => event[key] !== undefined && model.masks[event[key]].has(cpu));
}

function threadTouches(model, thread, cpu) {
  return thread.steps.some(step => model.masks[step.mask].has(cpu)) || thread.runs.cpu.includes(cpu);
}

function applyFilter(model) {
  const tables = filter.words.map(word => tablesWith(model, word));
  const shows = event => {
    if (filter.hidden.has(chipOf(event))) return false;
    if (filter.failed && !event.failed) return false;
    if (filter.cpu !== null && !touches(model, event, filter.cpu)) return false;
    return filter.words.every((word, i) => hasWord(event, word, tables[i]));
  };
  model.shown = [];
  model.notices = [];
  for (const thread of model.threads) thread.marks = [];
  for (const event of model.events) {
    event.position = -1;
    if (!shows(event)) continue;
    event.position = model.shown.length;
    model.shown.push(event);
    if (event.thread) event.thread.marks.push(event);
    if (event.isNotice && event.timed) model.notices.push(event);
  }
  const onlyEvents = filter.hidden.size > 0 || filter.failed;
  for (const thread of model.threads) {
    const fits = !onlyEvents && filter.words.every((_, i) => tables[i].threads[thread.i])
      && (filter.cpu === null || threadTouches(model, thread, filter.cpu));
    thread.shown = thread.marks.length > 0 || fits;
  }
}
