// The whole time in one line: how many events when, what is missing, and which part is seen below.

const overviewHeight = 46;
const overview = {canvas: null, width: 0, density: null};

const overviewX = at => {
  const full = fullSpan();
  return view.gutter + (at - full.from) / (full.to - full.from) * (overview.width - view.gutter);
};
const overviewAt = x => {
  const full = fullSpan();
  return full.from + (x - view.gutter) / (overview.width - view.gutter) * (full.to - full.from);
};

function sizeCanvas(canvas) {
  const pixel = devicePixelRatio || 1;
  const {width, height} = canvas.getBoundingClientRect();
  if (canvas.width !== Math.round(width * pixel) || canvas.height !== Math.round(height * pixel)) {
    canvas.width = Math.round(width * pixel);
    canvas.height = Math.round(height * pixel);
  }
  const context = canvas.getContext("2d");
  context.setTransform(pixel, 0, 0, pixel, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height, pixel};
}

// How many events in each column of three pixels.
function eventDensity(model, width) {
  const known = overview.density;
  if (known && known.shown === model.shown && known.width === width && known.gutter === view.gutter) {
    return known;
  }
  const columns = Math.max(1, Math.floor((width - view.gutter) / 3));
  const all = new Float64Array(columns);
  const failed = new Float64Array(columns);
  for (const event of model.shown) {
    if (event.isNotice) continue;
    const column = Math.floor((overviewX(event.at) - view.gutter) / 3);
    if (column < 0 || column >= columns) continue;
    all[column] += event.count || 1;
    if (event.failed) failed[column] += event.count || 1;
  }
  const most = Math.log1p(all.reduce((one, other) => Math.max(one, other), 1));
  overview.density = {shown: model.shown, width, gutter: view.gutter, columns, all, failed, most};
  return overview.density;
}

function drawOverview() {
  const {model} = view;
  const {context, width} = sizeCanvas(overview.canvas);
  overview.width = width;
  const floor = overviewHeight - 8;
  const {all, failed, most, columns} = eventDensity(model, width);
  drawGaps(context, gap => [overviewX(gap.from), overviewX(gap.to)], 6, floor - 6, false);
  for (let i = 0; i < columns; ++i) {
    if (all[i] === 0) continue;
    const height = Math.max(3, Math.log1p(all[i]) / most * (floor - 10));
    context.fillStyle = theme.faint;
    context.fillRect(view.gutter + i * 3, floor - height, 3, height);
    if (failed[i] === 0) continue;
    const part = Math.max(2, height * failed[i] / all[i]);
    context.fillStyle = theme.alarm;
    context.fillRect(view.gutter + i * 3, floor - part, 3, part);
  }
  context.fillStyle = theme.line;
  context.fillRect(view.gutter, floor, width - view.gutter, 1);
  drawWindow(context, floor);
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = theme.faint;
  const put = (text, y) => context.fillText(fitText(context, text, view.gutter - 20), 14, y);
  put(view.gutter < 200 ? dateText(view.from) : `${dateText(view.from)}  ${zoneText(view.from)}`, 15);
  put(`${spanText(view.to - view.from)} in view`, 31);
}

function drawWindow(context, floor) {
  const left = Math.max(view.gutter, overviewX(view.from));
  const right = Math.min(overview.width, overviewX(view.to));
  const full = fullSpan();
  if (view.to - view.from >= (full.to - full.from) * 0.999) return;
  context.save();
  context.globalAlpha = 0.55;
  context.fillStyle = theme.panel;
  context.fillRect(view.gutter, 2, left - view.gutter, floor - 2);
  context.fillRect(right, 2, overview.width - right, floor - 2);
  context.restore();
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.5, 2.5, Math.max(2, right - left - 1), floor - 1);
}
