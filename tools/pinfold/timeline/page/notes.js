// What has to be said of the page as a whole, its chips, and its help.

function notesOf(model) {
  const notes = [];
  const lost = model.events.filter(event => event.event === "lost");
  if (lost.length) {
    const count = lost.reduce((sum, event) => sum + event.count + event.others, 0);
    notes.push(`${countText(count, "event was", "events were")} lost in `
      + `${countText(lost.length, "gap", "gaps")}: hatched below.`);
  }
  const told = model.events.filter(event => event.event === "suppressed");
  if (told.length) {
    const count = told.reduce((sum, event) => sum + event.count, 0);
    notes.push(`${countText(count, "call was", "calls were")} not told (--rate).`);
  }
  const cut = (what, one, many, more = "") => {
    const part = model.cut[what];
    if (!part) return;
    const from = part.from === undefined ? "" : `, from ${timeText(part.from, 3)} on,`;
    notes.push(`${countText(part.count, one, many)}${from} not on this page: it holds `
      + `${numberText(part.limit)}${more}.`);
  };
  cut("events", "event is", "events are");
  cut("notices", "note about the recording is", "notes about the recording are");
  cut("runs", "run on a CPU is", "runs on CPUs are", ", and the kernel has little room to tell them");
  cut("threads", "thread is", "threads are");
  return notes;
}

function showNotes(model) {
  const box = document.getElementById("notes");
  const notes = notesOf(model);
  box.hidden = notes.length === 0;
  box.replaceChildren(...notes.map(note => element("span", "", note)));
}

function showSummary(model) {
  const parts = [];
  const changes = model.events.filter(event => !event.isNotice).length;
  parts.push(countText(changes, "event", "events"));
  const threads = model.threads.filter(thread => !thread.pseudo).length;
  parts.push(countText(threads, "thread", "threads"));
  parts.push(countText(model.cpus, "CPU", "CPUs"));
  if (!model.isEmpty) parts.push(spanText(model.to - model.from));
  if (model.start && model.start.kernel) parts.push(`Linux ${model.start.kernel}`);
  document.getElementById("summary").textContent = parts.join("  ·  ");
}

function chipSample(kind) {
  return kind === "recording" ? {isNotice: true, event: "snapshot", kind} : {kind, event: "set"};
}

function showChips(model) {
  const counts = new Map();
  for (const event of model.events) {
    counts.set(chipOf(event), (counts.get(chipOf(event)) || 0) + 1);
  }
  const box = document.getElementById("chips");
  box.replaceChildren();
  for (const kind of [...causes, "get", "recording"].filter(one => counts.has(one))) {
    const chip = element("button", "chip");
    chip.type = "button";
    chip.dataset.kind = kind;
    chip.title = "Show or hide; with Alt only these";
    chip.setAttribute("aria-pressed", String(!filter.hidden.has(kind)));
    chip.append(markCanvas(chipSample(kind)), ` ${kindNames[kind]} `,
      element("small", "", numberText(counts.get(kind))));
    chip.addEventListener("click", click => toggleChip(kind, [...counts.keys()], click.altKey));
    box.append(chip);
  }
}

function toggleChip(kind, all, only) {
  if (only) {
    const isOnly = !filter.hidden.has(kind) && filter.hidden.size === all.length - 1;
    filter.hidden = new Set(isOnly ? [] : all.filter(one => one !== kind));
  } else if (!filter.hidden.delete(kind)) {
    filter.hidden.add(kind);
  }
  filterChanged();
}

const keyNames = [
  ["j k  ↓ ↑", "next, previous event"], ["Enter", "open it"], ["Esc", "close, leave"],
  ["/", "search"], ["+ −", "zoom in, out"], ["0", "all of the time"], ["← →", "move in time"],
  ["PgUp PgDn", "move through threads"], ["Home End", "first, last event"], ["z", "zoom to the event"],
  ["f", "only failed"], ["c", "fold or unfold processes"], ["u", "local time or UTC"],
  ["t", "dark or light"], ["?", "this help"],
];
const mouseNames = [
  ["wheel, pinch", "zoom at the pointer"], ["drag", "move in time and through threads"],
  ["drag on the axis", "zoom to that span"], ["wheel on the names", "move through threads"],
  ["double click", "zoom in; on a mark: to it"],
];
const signs = [
  [{failed: true}, "failed call"], [{untrusted: true}, "what was asked for is not certain"],
  [{narrowed: true}, "got less than was asked for"],
];

function showHelp() {
  const help = document.getElementById("help");
  const table = (name, entries) => {
    const box = element("section");
    box.append(element("h2", "", name));
    const terms = element("dl");
    for (const [key, value] of entries) {
      const term = element("dt");
      term.append(key instanceof Node ? key : element("kbd", "", key));
      terms.append(term, element("dd", "", value));
    }
    box.append(terms);
    return box;
  };
  const sample = event => markCanvas({kind: "syscall", event: "set", ...event}, 20);
  const meanings = [...causes, "get"].map(kind => [sample({kind}), kindNames[kind]]);
  meanings.push(...signs.map(([event, text]) => [sample(event), text]));
  const close = element("button", "plain", "✕");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", () => help.close());
  const words = element("p", "", "A row is a thread. Its lanes are CPUs, the lowest number on top: "
    + "tinted where the thread is allowed, coloured where it ran. A faint tint, and ~, is what an "
    + "event found before it: since when is not known. Hatched is what was not recorded.");
  help.replaceChildren(close, table("Keys", keyNames), table("Mouse", mouseNames),
    table("Signs", meanings), words);
  help.showModal();
}
