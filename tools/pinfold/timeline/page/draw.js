// The timeline itself: rows, then marks, then what is missing, over all of them.

const plot = {canvas: null, drawn: [], selected: null, hover: null, hatch: null, brush: null};

function drawPlot() {
  const {model} = view;
  const {context, width, height, pixel} = sizeCanvas(plot.canvas);
  view.width = width;
  view.height = height;
  const first = firstRowBelow(view.top);
  const shown = [];
  for (let i = first; i < rows.length && rows[i].y - view.top < height - axisHeight; ++i) {
    shown.push(rows[i]);
  }
  plot.drawn = [];
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  drawRaster(context, model, shown, pixel);
  drawGrid(context, height);
  for (const row of shown) drawRow(context, row);
  context.save();
  context.beginPath();
  context.rect(view.gutter, axisHeight, plotWidth(), height);
  context.clip();
  drawGaps(context, gap => [xOf(gap.from), xOf(gap.to)], axisHeight, height - axisHeight, true);
  for (const row of shown) drawMarks(context, row);
  drawSelected(context, height);
  context.restore();
  for (const row of shown) drawLabel(context, row);
  context.fillStyle = theme.line;
  context.fillRect(view.gutter - 1, axisHeight, 1, height);
  context.restore();
  drawAxis(context);
  drawBrush(context, height);
}

function drawGrid(context, height) {
  context.globalAlpha = 0.7;
  context.fillStyle = theme.line;
  for (const {at} of ticks()) {
    const x = Math.round(xOf(at));
    if (x > view.gutter) context.fillRect(x, axisHeight, 1, height);
  }
  context.globalAlpha = 1;
}

const screenY = y => y - view.top + axisHeight;

function drawRow(context, row) {
  const y = screenY(row.y);
  context.fillStyle = theme.line;
  context.globalAlpha = 0.6;
  context.fillRect(0, Math.round(y + row.height) - 1, view.width, 1);
  context.globalAlpha = 1;
  if (row.kind === "process" || row.kind === "quiet") {
    context.fillStyle = theme.panel;
    context.fillRect(0, y, view.width, row.height - 1);
  }
}

// Marks that would lie on each other, as one pile. Counted from the first of the row, so that piles
// stay what they are while one moves in time.
function pilesOf(marks) {
  const piles = [];
  const pixel = (view.to - view.from) / plotWidth();
  const margin = 40 * pixel;
  // As wide as the number on it.
  const width = count => (count < 10 ? 18 : count < 100 ? 22 : 29) * pixel;
  for (let i = 0; i < marks.length;) {
    const from = marks[i].at;
    if (from > view.to + margin) break;
    let end = i + 1;
    while (end < marks.length && marks[end].at - from < width(end - i)) ++end;
    if (marks[end - 1].at >= view.from - margin) piles.push(marks.slice(i, end));
    i = end;
  }
  return piles;
}

function drawMarks(context, row) {
  const y = screenY(markY(row));
  const hasBand = row.thread && !row.thread.pseudo;
  const ends = [];
  for (const events of pilesOf(marksOf(row))) {
    const count = events.length;
    const first = xOf(events[0].at);
    const x = count === 1 ? first : first + Math.min(7, (xOf(events.at(-1).at) - first) / 2);
    if (hasBand) {
      context.fillStyle = theme.ink;
      context.globalAlpha = count === 1 ? 0.5 : 0.3;
      context.fillRect(Math.round(first), screenY(bandTop(row)), 1, view.model.lanes.band);
      context.globalAlpha = 1;
    }
    if (count === 1) drawMark(context, events[0], x, y);
    else drawPile(context, count, x, y, events.some(event => event.failed));
    if (plot.selected && events.includes(plot.selected)) drawHalo(context, x, y, count);
    const half = (count === 1 ? 7 : 6 + 2.5 * String(count).length)
      + (events.includes(plot.selected) ? 4 : 0);
    ends.push({left: x - half, right: x + half, at: events.at(-1).at});
    plot.drawn.push({x, y, event: events[0], count, row, events});
  }
  if (hasBand) drawMaskTexts(context, row, ends);
}

// What is allowed, as text, wherever there is room for it between two marks.
function drawMaskTexts(context, row, marks) {
  const {thread} = row;
  const begin = Math.max(view.from, birthOf(view.model, thread));
  const end = Math.min(view.to, endOf(view.model, thread));
  context.font = "10px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = theme.faint;
  const put = (at, left, right) => {
    const step = at > end ? null : stepAt(thread, at);
    const from = Math.max(left, view.gutter + 4) + 3;
    const room = right - 4 - from;
    if (!step || room < 6) return;
    const text = (step.unsure ? "~" : "") + view.model.masks[step.mask].short(Math.floor(room / 5.4));
    if (context.measureText(text).width > room) return;
    context.fillText(text, from, screenY(row.y + stripHeight / 2 + 1.5));
  };
  const last = xOf(end);
  if (thread.steps.length && (!marks.length || marks[0].left > xOf(begin))) {
    const first = Math.max(begin, thread.steps[0].at);
    put(first, xOf(first), marks.length ? Math.min(marks[0].left, last) : last);
  }
  marks.forEach((mark, i) =>
    put(Math.max(mark.at, begin), mark.right, i + 1 < marks.length ? marks[i + 1].left : last));
}

function drawHalo(context, x, y, count) {
  context.beginPath();
  if (count > 1) context.roundRect(x - 15, y - 9, 30, 18, 9);
  else context.arc(x, y, 9.5, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = theme.focus;
  context.stroke();
}

function drawSelected(context, height) {
  const event = plot.selected;
  if (!event || !event.timed || event.at < view.from || event.at > view.to) return;
  context.fillStyle = theme.focus;
  context.globalAlpha = 0.55;
  context.fillRect(Math.round(xOf(event.at)), axisHeight, 1, height);
  context.globalAlpha = 1;
}

function hatchPattern(context) {
  if (plot.hatch && plot.hatch.key === theme.gap) return plot.hatch.pattern;
  const tile = element("canvas");
  tile.width = tile.height = 8;
  const ink = tile.getContext("2d");
  ink.fillStyle = theme.gap;
  ink.fillRect(0, 0, 8, 8);
  ink.strokeStyle = theme["gap-line"];
  ink.lineWidth = 1.4;
  ink.beginPath();
  for (const shift of [-8, 0, 8]) ink.moveTo(shift, 8), ink.lineTo(shift + 8, 0);
  ink.stroke();
  plot.hatch = {key: theme.gap, pattern: context.createPattern(tile, "repeat")};
  return plot.hatch.pattern;
}

// Never narrower than is seen, never as quiet.
function drawGaps(context, place, top, height, hasText) {
  let textEnd = -Infinity;
  context.font = "600 11px system-ui, sans-serif";
  for (const gap of view.model.gaps) {
    let [left, right] = place(gap);
    if (right < view.gutter || left > overview.width) continue;
    if (right - left < 4) [left, right] = [(left + right) / 2 - 2, (left + right) / 2 + 2];
    left = Math.max(left, view.gutter);
    context.fillStyle = hatchPattern(context);
    context.globalAlpha = gap.onlyRuns ? 0.35 : 0.85;
    context.fillRect(left, top, right - left, height);
    context.globalAlpha = 1;
    context.fillStyle = theme.alarm;
    context.fillRect(left, top, 1, height);
    context.fillRect(Math.min(right, overview.width) - 1, top, 1, height);
    if (!hasText) continue;
    textEnd = drawGapText(context, gap.text, left, Math.min(right, view.width), top + height - 16,
      textEnd);
  }
}

function drawGapText(context, text, left, right, y, textEnd) {
  const width = context.measureText(text).width + 12;
  let x = (left + right) / 2 - width / 2;
  x = Math.max(view.gutter + 2, Math.min(x, view.width - width - 4));
  if (x < textEnd) return textEnd;
  context.fillStyle = theme.paper;
  context.beginPath();
  context.roundRect(x, y - 9, width, 18, 4);
  context.fill();
  context.strokeStyle = theme.alarm;
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = theme.alarm;
  context.textBaseline = "middle";
  context.fillText(text, x + 6, y + 0.5);
  return x + width + 4;
}

function drawLabel(context, row) {
  const y = screenY(row.y);
  context.fillStyle = row.kind === "thread" || row.kind === "single" ? theme.paper : theme.panel;
  context.fillRect(0, y, view.gutter - 1, row.height - 1);
  const middle = y + row.height / 2;
  context.textBaseline = "middle";
  if (row.kind === "quiet") {
    drawFold(context, 10, middle, quietRows.folded);
    label(context, countText(row.count, "thread", "threads") + " without a change", "", 24, middle, false);
  } else if (row.kind === "process") {
    drawFold(context, 10, middle, row.process.folded);
    const {pseudo, comm, pid, threads} = row.process;
    label(context, pseudo ? "no known thread" : comm || "?", pseudo ? "" : `${pid} · ${threads.length}`,
      24, middle, true);
  } else {
    const {thread} = row;
    const left = row.kind === "thread" ? 38 : 24;
    const name = thread.pseudo ? "no known thread" : thread.comm || "?";
    label(context, name, thread.pseudo ? "" : String(thread.tid), left, middle, row.kind === "single");
  }
}

function drawFold(context, x, y, folded) {
  context.fillStyle = theme.faint;
  context.beginPath();
  if (folded) context.moveTo(x, y - 4), context.lineTo(x + 6, y), context.lineTo(x, y + 4);
  else context.moveTo(x - 1, y - 3), context.lineTo(x + 7, y - 3), context.lineTo(x + 3, y + 3);
  context.fill();
}

function label(context, name, number, left, y, strong) {
  context.font = "11px system-ui, sans-serif";
  const width = number ? context.measureText(number).width : 0;
  context.fillStyle = theme.faint;
  if (number) context.fillText(number, view.gutter - 12 - width, y);
  context.font = strong ? "600 12.5px system-ui, sans-serif" : "12px system-ui, sans-serif";
  context.fillStyle = theme.ink;
  context.fillText(fitText(context, name, view.gutter - 20 - width - left), left, y);
}

function fitText(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let cut = text;
  while (cut && context.measureText(cut + "…").width > room) cut = cut.slice(0, -1);
  return cut + "…";
}

function drawBrush(context, height) {
  if (!plot.brush) return;
  const [left, right] = [Math.min(...plot.brush), Math.max(...plot.brush)];
  context.globalAlpha = 0.18;
  context.fillStyle = theme.focus;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 1;
  context.fillStyle = theme.ink;
  context.font = "600 11px system-ui, sans-serif";
  context.fillText(spanText(atOf(right) - atOf(left)), left + 6, axisHeight + 12);
}
