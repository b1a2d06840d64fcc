// All that is known of one event.

function showDetail(model, event) {
  const panel = document.getElementById("detail");
  panel.replaceChildren();
  panel.hidden = false;
  const head = element("div", "detail-head");
  const title = element("h2", "", titleOf(event));
  title.prepend(markCanvas(event, 18), " ");
  const close = element("button", "plain", "✕");
  close.type = "button";
  close.title = "Close (Esc)";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", closeDetail);
  head.append(title, close);
  panel.append(head);
  const flags = flagsOf(event);
  if (flags.length) {
    const row = element("p", "flags");
    for (const [text, className] of flags) row.append(element("span", `flag ${className}`, text));
    panel.append(row);
  }
  if (event.event === "set") panel.append(maskStrips(model, event));
  for (const [name, facts] of sections(model, event)) putSection(panel, name, facts);
  document.documentElement.dataset.open = event.seq;
}

function closeDetail() {
  const panel = document.getElementById("detail");
  if (panel.hidden) return false;
  panel.hidden = true;
  delete document.documentElement.dataset.open;
  redraw();
  return true;
}

function titleOf(event) {
  if (event.event === "get") return "sched_getaffinity";
  if (event.isNotice) return kindNames[event.kind];
  return {syscall: "sched_setaffinity", cpuset_write: "A cpuset was written",
    cgroup_move: "Moved to another cgroup", hotplug: "CPUs went or came",
    fallback: "No CPU was left: fallback", inheritance: "Began with a narrower mask",
    unknown: "Changed, nobody knows by whom"}[event.kind];
}

function flagsOf(event) {
  const flags = [];
  if (event.failed) flags.push([`failed: ${event.error}`, "bad"]);
  if (event.narrowed) flags.push(["narrowed", "warn"]);
  if (event.untrusted) flags.push(["not trusted", "warn"]);
  if (event.event === "set") flags.push([`attribution ${event.attribution}`, ""]);
  if (event.count > 1 && !event.isNotice) flags.push([`${numberText(event.count)} calls like it`, ""]);
  return flags;
}

// From what to what, CPU by CPU one above the other.
function maskStrips(model, event) {
  const box = element("div", "strips");
  const put = (name, index) => {
    const mask = index === undefined ? null : model.masks[index];
    box.append(element("span", "name", name));
    const canvas = element("canvas", "strip");
    canvas.setAttribute("aria-hidden", "true");
    box.append(canvas, element("code", "", mask ? mask.text || "none" : "not known"));
    drawStrip(canvas, mask, model.cpus);
  };
  put("old", event.old);
  if (event.request !== undefined) put("asked", event.request);
  if (event.kernel_request !== undefined && event.kernel_request !== event.request) {
    put("kernel's copy", event.kernel_request);
  }
  put("effective", event.effective);
  return box;
}

function drawStrip(canvas, mask, cpus) {
  const pixel = devicePixelRatio || 1;
  const width = 320;
  canvas.width = width * pixel;
  canvas.height = 10 * pixel;
  const context = canvas.getContext("2d");
  context.scale(pixel, pixel);
  context.fillStyle = theme.alive;
  context.fillRect(0, 0, width, 10);
  if (!mask) return;
  const one = width / cpus;
  const gap = one > 6 ? 1 : 0;
  for (const [first, last] of mask.ranges) {
    const parts = Math.min(last - first + 1, Math.ceil((last - first + 1) * one));
    for (let part = 0; part < parts; ++part) {
      const from = first + (last - first + 1) * part / parts;
      const to = first + (last - first + 1) * (part + 1) / parts;
      context.fillStyle = css(cpuColour(Math.floor(from), cpus));
      context.fillRect(from * one, 0, Math.max(1, (to - from) * one - gap), 10);
    }
  }
}

const yesNo = value => value === undefined ? undefined : value ? "yes" : "no";

function taskFacts(task) {
  return [
    ["name", task.comm], ["pid", task.pid], ["tid", task.tid],
    ["in its own ns", task.ns_pid !== undefined ? `${task.ns_pid}, tid ${task.ns_tid}` : undefined],
    ["program", task.exe], ["uid", task.uid], ["calls as", task.abi], ["container", task.container],
    ["cgroup", task.cgroup],
    ["parents", task.parents && task.parents.map(parent => `${parent.comm} (${parent.pid})`).join(" ← ")],
    ["start", task.start ? `${numberText(task.start)} ticks after boot` : undefined],
  ];
}

function sections(model, event) {
  const when = [
    ["date", event.timed ? `${dateText(event.at)}, ${zoneText(event.at)}` : undefined],
    ["time", event.timed ? timeText(event.at, 9) : undefined],
    ["number", event.seq],
    ["on CPU", event.cpu],
  ];
  if (event.isNotice) return [["When", when], ["What", noticeFacts(event)]];
  const found = [["When", when]];
  found.push(["Who", event.actor === undefined ? [["", "not known"]] : taskFacts(model.actors[event.actor])]);
  const target = event.target === undefined ? null : model.targets[event.target];
  found.push(["Whom", target ? [["relation", event.relation], ...taskFacts(target)]
    : [["", "the call named nobody"]]]);
  found.push(["How", [
    ["cause", event.event === "set" ? event.cause : undefined],
    ["result", event.ret === undefined ? undefined : event.error ? `${event.ret} (${event.error})` : event.ret],
    ["attribution", event.attribution],
    ["trusted", yesNo(event.trusted)],
    ["narrowed", yesNo(event.narrowed)],
    ["old mask from", event.old_from],
    ["answer", event.answer === undefined ? undefined : model.masks[event.answer].text],
    ["by", event.by],
    ["count", event.count],
    ["arguments", event.arguments && `pid ${event.arguments.pid}, `
      + `${event.arguments.cpusetsize} bytes at ${event.arguments.mask}`],
  ]]);
  if (event.callers) {
    found.push(["Callers", event.callers.map((frame, i) =>
      [`#${i}`, `${frame.module || "no file"} ${frame.module ? "+" : ""}${frame.offset}`])]);
  }
  return found;
}

function noticeFacts(event) {
  const facts = [["", describeNotice(event)]];
  if (event.to !== undefined) facts.push(["until", timeText(event.to, 9)]);
  for (const leg of event.legs || []) {
    const parts = [leg.chosen || "none", leg.reason, leg.blind && `cannot see: ${leg.blind}`];
    facts.push([leg.name, parts.filter(Boolean).join("; ")]);
  }
  return facts;
}

function putSection(panel, name, facts) {
  const known = facts.filter(([, value]) => value !== undefined && value !== "" && value !== null);
  if (!known.length) return;
  panel.append(element("h3", "", name));
  const terms = element("dl");
  for (const [key, value] of known) {
    terms.append(element("dt", "", key), element("dd", "", String(value)));
  }
  panel.append(terms);
}
