// The events as a table, of which only those rows exist that are seen.

const lineHeight = 26;
const list = {box: null, body: null, empty: null, seen: null};

function describeMasks(model, event) {
  const text = key => event[key] === undefined ? null : model.masks[event[key]].short(40);
  if (event.event === "get") return text("answer") ?? "–";
  if (event.event !== "set") return "";
  const asked = text("request") ?? text("kernel_request");
  const parts = [text("old") ?? "?"];
  if (asked !== null && (event.failed || event.narrowed || event.request !== event.effective)) {
    parts.push(`asked ${asked}`);
  }
  if (!event.failed) parts.push(text("effective") ?? "?");
  return parts.join(" → ");
}

function describeNotice(event) {
  switch (event.event) {
    case "start":
      return event.sampled ? `kernel ${event.kernel}, masks are compared from time to time`
        : `kernel ${event.kernel}`;
    case "end":
      return `seen ${numberText(event.seen)}, sent ${numberText(event.sent)}, `
        + `lost ${numberText(event.lost)}, not told ${numberText(event.suppressed)}`;
    case "snapshot":
      return `${event.reason}: ${countText(event.threads, "thread", "threads")}, `
        + `${numberText(event.changed)} changed`;
    case "lost": {
      const span = event.to !== undefined && event.timed ? ` in ${spanText(event.to - event.at)}` : "";
      const others = event.others ? ` and ${numberText(event.others)} of threads' lives` : "";
      const cpu = event.cpu === undefined ? "" : ` on CPU ${event.cpu}`;
      return `${countText(event.count, "event", "events")}${others} lost${span}${cpu}`;
    }
    default:
      return `${countText(event.count, "call", "calls")} of ${taskText(event)} not told: --rate`;
  }
}

function describeResult(event) {
  if (event.isNotice) return "";
  const parts = [];
  if (event.failed) parts.push(event.error);
  else if (event.ret !== undefined) parts.push("ok");
  if (event.narrowed) parts.push("narrowed");
  if (event.untrusted) parts.push("not trusted");
  if (event.count > 1) parts.push(`×${numberText(event.count)}`);
  return parts.join(", ");
}

function whoText(model, event) {
  if (event.actor !== undefined) return taskText(model.actors[event.actor]);
  return event.by || "–";
}

function whomText(model, event) {
  if (event.target === undefined) return event.arguments ? `pid ${event.arguments.pid}` : "–";
  return event.relation === "self" ? "itself" : taskText(model.targets[event.target]);
}

function lineOf(model, event) {
  const line = element("div", "line");
  line.setAttribute("role", "row");
  line.setAttribute("aria-rowindex", event.position + 2);
  line.id = `event-${event.i}`;
  line.style.top = `${event.position * lineHeight}px`;
  const selected = event === plot.selected;
  line.classList.toggle("selected", selected);
  line.setAttribute("aria-selected", String(selected));
  line.classList.toggle("failed", event.failed);
  line.classList.toggle("alarm", event.event === "lost" || event.event === "suppressed");
  const cell = (text, className) => {
    const made = element("span", className, text);
    made.setAttribute("role", "gridcell");
    line.append(made);
    return made;
  };
  cell(event.timed ? timeText(event.at) : "–", "number");
  cell(" " + (kindNames[event.kind] || event.kind), "what").prepend(markCanvas(event));
  if (event.isNotice) {
    cell(describeNotice(event), "wide");
    return line;
  }
  cell(whoText(model, event));
  cell(whomText(model, event));
  cell(describeMasks(model, event), "masks");
  cell(describeResult(event), "result");
  return line;
}

// Moving in time changes nothing here.
function isListCurrent(model) {
  const {box} = list;
  const seen = [model.shown, plot.selected, clock.utc, theme.paper, box.scrollTop, box.clientHeight];
  const isSame = list.seen && seen.every((value, i) => value === list.seen[i]);
  list.seen = seen;
  return isSame;
}

function drawList() {
  const {model} = view;
  if (isListCurrent(model)) return;
  const {box, body, empty} = list;
  const count = model.shown.length;
  body.style.height = `${count * lineHeight}px`;
  box.setAttribute("aria-rowcount", count + 1);
  const first = Math.max(0, Math.floor(box.scrollTop / lineHeight) - 4);
  const last = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / lineHeight) + 4);
  body.replaceChildren(...model.shown.slice(first, last).map(event => lineOf(model, event)));
  const selected = plot.selected && plot.selected.position >= 0 ? plot.selected : null;
  if (selected) box.setAttribute("aria-activedescendant", `event-${selected.i}`);
  else box.removeAttribute("aria-activedescendant");
  empty.hidden = count > 0;
  if (count === 0) empty.textContent = emptyText(model);
}

function emptyText(model) {
  if (model.events.length > 0) return "No event matches the filters.";
  return `No mask was changed in ${spanText(model.to - model.from)}, while `
    + `${countText(model.threads.length, "thread was", "threads were")} watched.`;
}

function revealLine(event) {
  const {box} = list;
  const head = lineHeight;
  const top = event.position * lineHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  const room = box.clientHeight - head;
  if (top + lineHeight > box.scrollTop + room) box.scrollTop = top + lineHeight - room;
}
