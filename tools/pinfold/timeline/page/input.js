// Mouse, touch and keys.

const pointers = new Map();
let drag = null;

function listenToPlot() {
  const {canvas} = plot;
  canvas.addEventListener("wheel", wheel, {passive: false});
  canvas.addEventListener("pointerdown", pointerDown);
  canvas.addEventListener("pointermove", pointerMove);
  canvas.addEventListener("pointerup", pointerUp);
  canvas.addEventListener("pointercancel", pointerUp);
  canvas.addEventListener("pointerleave", hideTip);
  canvas.addEventListener("dblclick", doubleClick);
}

function wheel(event) {
  event.preventDefault();
  const unit = event.deltaMode === 1 ? 16 : 1;
  const overNames = event.offsetX < view.gutter;
  if (!event.ctrlKey && (overNames || event.shiftKey || event.altKey)) {
    scrollTo(view.top + (event.deltaY || event.deltaX) * unit);
  } else if (!event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    pan(event.deltaX * unit);
  } else {
    zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.002)), event.offsetX);
  }
  redraw();
}

function pointerDown(event) {
  if (event.button !== 0) return;
  plot.canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
  drag = {x: event.offsetX, y: event.offsetY, moved: false,
    onAxis: event.offsetY < axisHeight && event.offsetX >= view.gutter, two: pointers.size > 1};
  hideTip();
}

function pointerMove(event) {
  const before = pointers.get(event.pointerId);
  if (!before) {
    hover(event);
    return;
  }
  const now = {x: event.offsetX, y: event.offsetY};
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    pinch(before, now, other);
  } else if (drag) {
    drag.moved = drag.moved || Math.hypot(now.x - drag.x, now.y - drag.y) > 4;
    if (drag.moved && drag.onAxis) {
      plot.brush = [drag.x, Math.max(view.gutter, now.x)];
    } else if (drag.moved) {
      pan(before.x - now.x);
      scrollTo(view.top + before.y - now.y);
    }
  }
  pointers.set(event.pointerId, now);
  redraw();
}

function pinch(before, now, other) {
  const distance = Math.max(20, Math.abs(now.x - other.x));
  const was = Math.max(20, Math.abs(before.x - other.x));
  zoom(distance / was, (now.x + other.x) / 2);
}

function pointerUp(event) {
  pointers.delete(event.pointerId);
  const ended = drag;
  drag = null;
  if (plot.brush) {
    const [from, to] = plot.brush.map(atOf).sort((a, b) => a - b);
    plot.brush = null;
    setSpan(from, to);
  } else if (ended && !ended.moved && !ended.two && event.type === "pointerup") {
    click(event.offsetX, event.offsetY);
  }
  redraw();
}

function click(x, y) {
  const mark = markAt(x, y);
  if (mark) {
    select(mark.event, {open: true, follow: false});
    return;
  }
  const row = y > axisHeight ? rowAt(y - axisHeight + view.top) : null;
  if (row && x < view.gutter) toggleRow(row);
}

function markAt(x, y) {
  if (y <= axisHeight) {
    const near = noticesInView().find(event => Math.abs(xOf(event.at) - x) < 7);
    return y > axisHeight - 16 && near ? {event: near, events: [near], count: 1} : null;
  }
  let best = null;
  let least = 11;
  for (const mark of plot.drawn) {
    const distance = Math.hypot(mark.x - x, mark.y - y);
    if (distance < least) [best, least] = [mark, distance];
  }
  return x < view.gutter ? null : best;
}

function doubleClick(event) {
  const mark = markAt(event.offsetX, event.offsetY);
  if (mark && mark.count > 1) {
    const from = mark.events[0].at;
    const to = mark.events.at(-1).at;
    const margin = Math.max((to - from) * 0.1, 100);
    setSpan(from - margin, to + margin);
  } else if (event.offsetX >= view.gutter) {
    zoom(mark ? 8 : 2.5, event.offsetX);
  }
  redraw();
}

function hover(event) {
  const lines = tipLines(event.offsetX, event.offsetY);
  plot.canvas.style.cursor = markAt(event.offsetX, event.offsetY) ? "pointer"
    : event.offsetY < axisHeight && event.offsetX >= view.gutter ? "ew-resize"
    : event.offsetX < view.gutter ? "default" : "grab";
  if (!lines.length) {
    hideTip();
    return;
  }
  const tip = document.getElementById("tip");
  tip.replaceChildren(...lines.map((line, i) => element("div", i ? "" : "strong", line)));
  tip.hidden = false;
  const {width, height} = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
}

function hideTip() { document.getElementById("tip").hidden = true; }

function tipLines(x, y) {
  const {model} = view;
  const mark = markAt(x, y);
  if (mark) return markTip(model, mark);
  if (y < axisHeight) return [];
  const row = rowAt(y - axisHeight + view.top);
  if (x < view.gutter) return row ? rowTip(row) : [];
  const at = atOf(x);
  const gap = model.gaps.find(one => xOf(one.from) - 2 <= x && x <= xOf(one.to) + 2);
  const lines = gap ? [gap.text, `${timeText(gap.from, 6)} to ${timeText(gap.to, 6)}`] : [];
  if (!row || !row.thread || row.thread.pseudo) return lines;
  lines.push(timeText(at, tickStep().digits === 0 ? 3 : 6));
  const step = stepAt(row.thread, at);
  if (step && at <= endOf(model, row.thread)) {
    lines.push(`${step.unsure ? "probably " : ""}allowed ${model.masks[step.mask].short(60)}`);
  }
  const {from, to, cpu} = row.thread.runs;
  const run = countUpTo(from, at, time => time) - 1;
  if (run >= 0 && at <= to[run]) lines.push(`ran on CPU ${cpu[run]} for ${spanText(to[run] - from[run])}`);
  return lines;
}

function markTip(model, mark) {
  if (mark.count > 1) {
    const kinds = new Map();
    for (const event of mark.events) kinds.set(event.kind, (kinds.get(event.kind) || 0) + 1);
    const failed = mark.events.filter(event => event.failed).length;
    const lines = [countText(mark.count, "event", "events")];
    for (const [kind, count] of kinds) lines.push(`${numberText(count)} × ${kindNames[kind]}`);
    if (failed) lines.push(`${numberText(failed)} failed`);
    return lines;
  }
  const {event} = mark;
  const time = event.timed ? timeText(event.at) : "";
  if (event.isNotice) return [kindNames[event.kind], describeNotice(event), time];
  return [`${kindNames[event.kind]}  ${describeMasks(model, event)}`,
    `by ${whoText(model, event)}`, [time, describeResult(event)].filter(Boolean).join("  ")];
}

function rowTip(row) {
  if (row.kind === "quiet") return [countText(row.count, "thread", "threads") + " without a change"];
  const {process, thread} = row;
  if (process.pseudo) return ["Calls that named no thread, or one that this page has no row for"];
  const lines = [thread ? taskText(thread) : `${process.comm || "?"} (${process.pid})`];
  const task = thread || process;
  if (!thread) lines.push(countText(process.threads.length, "thread", "threads"));
  if (task.cgroup) lines.push(`cgroup ${task.cgroup}`);
  const actor = view.model.actors.find(one => one.pid === process.pid && one.container);
  if (actor) lines.push(`container ${actor.container}`);
  if (thread && thread.born !== undefined) lines.push(`began ${timeText(thread.born)}`);
  if (thread && thread.ended !== undefined) lines.push(`ended ${timeText(thread.ended)}`);
  return lines;
}

function listenToOverview() {
  let from = null;
  const {canvas} = overview;
  const place = event => Math.max(view.gutter, event.offsetX);
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    from = place(event);
  });
  canvas.addEventListener("pointermove", event => {
    if (from === null || Math.abs(place(event) - from) < 3) return;
    const [begin, end] = [overviewAt(from), overviewAt(place(event))].sort((a, b) => a - b);
    setSpan(begin, end);
    redraw();
  });
  canvas.addEventListener("pointerup", event => {
    if (from !== null && Math.abs(place(event) - from) < 3) {
      const half = (view.to - view.from) / 2;
      const at = overviewAt(place(event));
      setSpan(at - half, at + half);
      redraw();
    }
    from = null;
  });
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.002), xOf(overviewAt(place(event))));
    redraw();
  }, {passive: false});
}

const keyActions = {
  j: () => walk(1), ArrowDown: () => walk(1), k: () => walk(-1), ArrowUp: () => walk(-1),
  Home: () => walk(-Infinity), End: () => walk(Infinity),
  Enter: () => plot.selected && select(plot.selected, {open: true}),
  ArrowLeft: () => pan(-plotWidth() / 8), ArrowRight: () => pan(plotWidth() / 8),
  PageUp: () => scrollTo(view.top - view.height * 0.8),
  PageDown: () => scrollTo(view.top + view.height * 0.8),
  "+": () => zoom(1.6, keyCentre()), "=": () => zoom(1.6, keyCentre()),
  "-": () => zoom(1 / 1.6, keyCentre()), "0": fit,
  z: () => plot.selected && setSpan(plot.selected.at - 5e5, plot.selected.at + 5e5),
  "/": () => document.getElementById("search").focus(),
  "?": showHelp, u: switchZone, t: changeTheme, c: toggleAll,
  f: () => document.getElementById("failed").click(),
};

// An event that is seen stays where it is.
function keyCentre() {
  const event = plot.selected;
  const isSeen = event && event.at >= view.from && event.at <= view.to;
  return isSeen ? xOf(event.at) : view.gutter + plotWidth() / 2;
}

function keyDown(event) {
  if (event.ctrlKey || event.metaKey || document.getElementById("help").open) return;
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (!closeDetail()) select(null);
    return;
  }
  if (typing) return;
  // Space and Enter press the button that has the focus.
  if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
  if (event.target.id === "splitter" && resizeByKey(event)) return;
  const action = keyActions[event.key];
  if (!action || event.altKey) return;
  event.preventDefault();
  action();
  redraw();
}
