// Bands and runs, drawn pixel by pixel: how much of a pixel's time is allowed, and run, is its
// colour. So half a million runs cost no more than the pixels that they fall on, and a short run
// is faint and not gone.

const shades = 32;
const raster = {canvas: null, image: null, pixels: null, tables: null, key: ""};

function pack([red, green, blue]) { return 255 << 24 | blue << 16 | green << 8 | red; }

// For each lane, by how much it is allowed and how much it ran: colours, blended once.
function shadeTables(lanes) {
  const alive = rgb(theme.alive);
  const band = rgb(theme.band);
  const tables = [];
  for (let lane = 0; lane < lanes.count; ++lane) {
    const colour = cpuColour((lanes.first(lane) + lanes.first(lane + 1) - 1) / 2, lanes.cpus);
    const table = new Uint32Array((shades + 1) * (shades + 1));
    for (let allowed = 0; allowed <= shades; ++allowed) {
      const below = mix(alive, band, allowed / shades);
      for (let ran = 0; ran <= shades; ++ran) {
        const strength = ran === 0 ? 0 : 0.25 + 0.75 * ran / shades;
        table[allowed * (shades + 1) + ran] = pack(mix(below, colour, strength));
      }
    }
    tables.push(table);
  }
  return tables;
}

function prepareRaster(width, height, lanes) {
  const key = `${width} ${height} ${lanes.count} ${theme.alive}`;
  if (raster.key === key) return;
  raster.key = key;
  raster.canvas = document.createElement("canvas");
  raster.canvas.width = width;
  raster.canvas.height = height;
  raster.image = new ImageData(width, height);
  raster.pixels = new Uint32Array(raster.image.data.buffer);
  raster.tables = shadeTables(lanes);
  raster.allowed = new Float32Array(width * lanes.count);
  raster.ran = new Float32Array(width * lanes.count);
}

// Adds a stretch of time to the pixels of one lane, each as far as it is covered.
function cover(cells, offset, width, from, to, strength) {
  if (to <= 0 || from >= width) return;
  const begin = Math.max(0, from);
  const end = Math.min(width, to);
  const first = Math.floor(begin);
  const last = Math.min(width - 1, Math.floor(end));
  if (first === last) {
    cells[offset + first] += (end - begin) * strength;
    return;
  }
  cells[offset + first] += (first + 1 - begin) * strength;
  for (let x = first + 1; x < last; ++x) cells[offset + x] += strength;
  cells[offset + last] += (end - last) * strength;
}

function coverSteps(model, thread, width, scale) {
  const {allowed} = raster;
  const lanes = model.lanes;
  const end = Math.min(endOf(model, thread), view.to);
  const first = Math.max(0, countUpTo(thread.steps, view.from, step => step.at) - 1);
  for (let i = first; i < thread.steps.length && thread.steps[i].at < end; ++i) {
    const step = thread.steps[i];
    const until = i + 1 < thread.steps.length ? Math.min(thread.steps[i + 1].at, end) : end;
    const shares = model.masks[step.mask].laneShares(lanes);
    const from = (step.at - view.from) * scale;
    const to = (until - view.from) * scale;
    for (let lane = 0; lane < lanes.count; ++lane) {
      if (shares[lane] === 0) continue;
      // One CPU of many must not look like none.
      const strength = (step.unsure ? 0.5 : 1) * (0.3 + 0.7 * shares[lane]);
      cover(allowed, lane * width, width, from, to, strength);
    }
  }
}

function coverRuns(thread, width, scale) {
  const {from, to, lane, count} = thread.runs;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (to[middle] <= view.from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < count && from[i] < view.to; ++i) {
    cover(raster.ran, lane[i] * width, width, (from[i] - view.from) * scale,
      (to[i] - view.from) * scale, 1);
  }
}

// `pixel` device pixels to one of the style sheet's.
function rasterRow(model, row, width, height, pixel) {
  const {thread} = row;
  const lanes = model.lanes;
  const scale = width / (view.to - view.from);
  raster.allowed.fill(0);
  raster.ran.fill(0);
  coverSteps(model, thread, width, scale);
  coverRuns(thread, width, scale);
  const begin = Math.max(0, Math.floor((birthOf(model, thread) - view.from) * scale));
  const end = Math.min(width, Math.ceil((endOf(model, thread) - view.from) * scale));
  const top = (bandTop(row) - view.top) * pixel;
  for (let lane = 0; lane < lanes.count; ++lane) {
    const table = raster.tables[lane];
    const first = Math.max(0, Math.round(top + lane * lanes.height * pixel));
    const last = Math.min(height, Math.round(top + (lane + 1) * lanes.height * pixel));
    if (first >= last) continue;
    const line = first * width;
    for (let x = begin; x < end; ++x) {
      const allowed = Math.min(1, raster.allowed[lane * width + x]) * shades | 0;
      const ran = Math.ceil(Math.min(1, raster.ran[lane * width + x]) * shades);
      raster.pixels[line + x] = table[allowed * (shades + 1) + ran];
    }
    for (let y = first + 1; y < last; ++y) {
      raster.pixels.copyWithin(y * width + begin, line + begin, line + Math.max(begin, end));
    }
  }
}

function drawRaster(context, model, shown, pixel) {
  const width = Math.round(plotWidth() * pixel);
  const height = Math.round((view.height - axisHeight) * pixel);
  if (width < 1 || height < 1) return;
  prepareRaster(width, height, model.lanes);
  raster.pixels.fill(0);
  for (const row of shown) if (row.thread && !row.thread.pseudo) rasterRow(model, row, width, height, pixel);
  raster.canvas.getContext("2d").putImageData(raster.image, 0, 0);
  context.drawImage(raster.canvas, view.gutter, axisHeight, plotWidth(), view.height - axisHeight);
}
