// What ties the parts together.

let waiting = false;

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    drawAll();
  });
}

function drawAll() {
  drawPlot();
  drawOverview();
  drawList();
  const scroller = document.getElementById("scroller");
  scroller.firstElementChild.style.height = `${view.rowsHeight}px`;
  scroller.hidden = view.rowsHeight <= view.height - axisHeight;
  if (Math.abs(scroller.scrollTop - view.top) > 1) scroller.scrollTop = view.top;
  const {dataset} = document.documentElement;
  dataset.from = view.from;
  dataset.to = view.to;
  dataset.shown = view.model.shown.length;
}

function select(event, {open = false, follow = true} = {}) {
  plot.selected = event;
  const {dataset} = document.documentElement;
  if (!event) {
    delete dataset.selected;
    redraw();
    return;
  }
  dataset.selected = event.seq;
  if (follow) reveal(event);
  if (event.position >= 0) revealLine(event);
  const isOpen = !document.getElementById("detail").hidden;
  if (open || isOpen) showDetail(view.model, event);
  const {model} = view;
  say(event.isNotice ? describeNotice(event) : `${timeText(event.at)} ${kindNames[event.kind]}, `
    + `${whoText(model, event)}, ${whomText(model, event)}, ${describeMasks(model, event)}`);
  redraw();
}

function walk(by) {
  const {shown} = view.model;
  if (!shown.length) return;
  const at = plot.selected && plot.selected.position >= 0 ? plot.selected.position
    : by > 0 ? -1 : shown.length;
  select(shown[Math.min(Math.max(0, at + by), shown.length - 1)]);
}

function say(text) { document.getElementById("said").textContent = text; }

function filterChanged() {
  const {model} = view;
  applyFilter(model);
  buildRows(model);
  for (const chip of document.querySelectorAll("#chips .chip")) {
    chip.setAttribute("aria-pressed", String(!filter.hidden.has(chip.dataset.kind)));
  }
  document.getElementById("failed").setAttribute("aria-pressed", String(filter.failed));
  document.getElementById("clear").hidden = !isFiltered();
  list.box.scrollTop = 0;
  say(`${countText(model.shown.length, "event", "events")} shown`);
  redraw();
}

function readFields() {
  const words = document.getElementById("search").value.trim().toLowerCase();
  filter.words = words ? words.split(/\s+/) : [];
  const cpu = document.getElementById("cpu").value;
  filter.cpu = cpu === "" ? null : Number(cpu);
  filterChanged();
}

function clearFilters() {
  document.getElementById("search").value = "";
  document.getElementById("cpu").value = "";
  filter.hidden.clear();
  filter.failed = false;
  readFields();
}

function switchZone() {
  clock.utc = !clock.utc;
  document.getElementById("zone").textContent = clock.utc ? "UTC" : "local time";
  showNotes(view.model);
  const {open} = document.documentElement.dataset;
  if (open && plot.selected) showDetail(view.model, plot.selected);
  redraw();
}

function changeTheme() {
  switchTheme();
  themeChanged();
}

function themeChanged() {
  showChips(view.model);
  if (document.documentElement.dataset.open && plot.selected) showDetail(view.model, plot.selected);
  redraw();
}

function setListHeight(height) {
  const most = document.querySelector("main").clientHeight - 200;
  const now = Math.round(Math.min(Math.max(60, height), Math.max(60, most)));
  list.box.style.flexBasis = `${now}px`;
  document.getElementById("splitter").setAttribute("aria-valuenow", now);
  redraw();
}

function resizeByKey(event) {
  const step = {ArrowUp: 26, ArrowDown: -26}[event.key];
  if (!step) return false;
  event.preventDefault();
  setListHeight(list.box.clientHeight + step);
  return true;
}

function listenToSplitter() {
  const splitter = document.getElementById("splitter");
  splitter.addEventListener("pointerdown", event => splitter.setPointerCapture(event.pointerId));
  splitter.addEventListener("pointermove", event => {
    if (!splitter.hasPointerCapture(event.pointerId)) return;
    setListHeight(list.box.getBoundingClientRect().bottom - event.clientY);
  });
}

function listen() {
  const on = (id, name, act) => document.getElementById(id).addEventListener(name, act);
  on("search", "input", readFields);
  on("cpu", "input", readFields);
  on("clear", "click", clearFilters);
  on("failed", "click", () => {
    filter.failed = !filter.failed;
    filterChanged();
  });
  on("zone", "click", switchZone);
  on("theme", "click", changeTheme);
  on("keys", "click", showHelp);
  on("scroller", "scroll", event => {
    if (Math.abs(event.target.scrollTop - view.top) < 1) return;
    scrollTo(event.target.scrollTop);
    redraw();
  });
  list.box.addEventListener("scroll", redraw, {passive: true});
  list.body.addEventListener("click", click => {
    const line = click.target.closest(".line");
    if (line) select(view.model.events[Number(line.id.slice(6))], {open: true});
  });
  listenToPlot();
  listenToOverview();
  listenToSplitter();
  document.addEventListener("keydown", keyDown);
  addEventListener("resize", redraw);
  new ResizeObserver(() => { resized(); redraw(); }).observe(plot.canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readTheme();
    themeChanged();
  });
}

function resized() {
  view.gutter = innerWidth < 700 ? 120 : 210;
  const {width, height} = plot.canvas.getBoundingClientRect();
  view.width = width;
  view.height = height;
  scrollTo(view.top);
}

function begin() {
  plot.canvas = document.getElementById("plot");
  overview.canvas = document.getElementById("overview");
  list.box = document.getElementById("events");
  list.body = list.box.querySelector(".body");
  list.empty = document.getElementById("empty");
  readTheme();
  const model = readModel();
  view.model = model;
  if (model.isEmpty) {
    for (const id of ["left", "filters", "zone"]) document.getElementById(id).hidden = true;
    document.getElementById("nothing").hidden = false;
    document.getElementById("theme").addEventListener("click", switchTheme);
    document.getElementById("keys").addEventListener("click", showHelp);
    document.documentElement.dataset.shown = 0;
    return;
  }
  resized();
  applyFilter(model);
  buildRows(model);
  fit();
  showSummary(model);
  showNotes(model);
  showChips(model);
  plot.canvas.setAttribute("aria-label", `Timeline of ${countText(model.threads.length, "thread",
    "threads")}; the events are in the table below`);
  listen();
  drawAll();
  document.documentElement.dataset.drawn = performance.now().toFixed(1);
}

// For the console, and for tests: where the mark of an event is, and how long a drawing takes.
globalThis.pinfold = {
  placeOf(seq) {
    const mark = plot.drawn.find(one => one.events.some(event => event.seq === seq));
    const box = plot.canvas.getBoundingClientRect();
    return mark ? {x: box.left + mark.x, y: box.top + mark.y, count: mark.count} : null;
  },
  drawingTime() {
    const before = performance.now();
    drawAll();
    return performance.now() - before;
  },
};

begin();
