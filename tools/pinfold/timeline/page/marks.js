// The sign of an event: its shape and colour are the cause, what is odd about it is drawn on top.

const kindNames = {
  syscall: "call", cpuset_write: "cpuset write", cgroup_move: "cgroup move", hotplug: "hotplug",
  fallback: "fallback", inheritance: "inherited", unknown: "unknown cause", get: "get",
  recording: "recording", start: "start", end: "end", snapshot: "snapshot", lost: "lost",
  suppressed: "not told",
};

const polygons = {
  cpuset_write: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  cgroup_move: [[-0.75, -1], [1.1, 0], [-0.75, 1]],
  hotplug: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  fallback: [[-1.1, -0.85], [1.1, -0.85], [0, 1.1]],
  inheritance: [[-0.35, -1.1], [0.35, -1.1], [0.35, -0.35], [1.1, -0.35], [1.1, 0.35], [0.35, 0.35],
    [0.35, 1.1], [-0.35, 1.1], [-0.35, 0.35], [-1.1, 0.35], [-1.1, -0.35], [-0.35, -0.35]],
  start: [[-0.2, -1.1], [1.3, 0], [-0.2, 1.1]],
  end: [[0.2, -1.1], [-1.3, 0], [0.2, 1.1]],
  told: [[-0.95, 1], [0, -0.8], [0.95, 1]],
};

const noticeShape = event => polygons[event.event] ? event.event : "told";

function tracePath(context, kind, x, y, size) {
  context.beginPath();
  const points = polygons[kind];
  if (!points) {
    context.arc(x, y, kind === "get" ? size * 0.6 : size, 0, 2 * Math.PI);
    return;
  }
  points.forEach(([dx, dy], i) => {
    if (i === 0) context.moveTo(x + dx * size, y + dy * size);
    else context.lineTo(x + dx * size, y + dy * size);
  });
  context.closePath();
}

function colourOf(event) {
  if (event.event === "lost" || event.event === "suppressed") return theme.alarm;
  return event.isNotice ? theme.notice : theme[event.kind];
}

function drawMark(context, event, x, y, size = 4.5) {
  const kind = event.isNotice ? noticeShape(event) : event.kind;
  const colour = colourOf(event);
  tracePath(context, kind, x, y, size);
  context.lineWidth = 3;
  context.strokeStyle = theme.paper;
  context.stroke();
  if (event.failed || kind === "unknown" || kind === "get") {
    context.fillStyle = theme.paper;
    context.fill();
    context.lineWidth = 1.6;
    context.strokeStyle = event.failed ? theme.alarm : colour;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
  if (event.failed) drawCross(context, x, y, size * 0.55);
  if (event.untrusted) drawRing(context, x, y, size + 2.2);
  if (event.narrowed) drawNarrow(context, x, y, size);
}

function drawCross(context, x, y, size) {
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.lineWidth = 1.6;
  context.strokeStyle = theme.alarm;
  context.stroke();
}

function drawRing(context, x, y, size) {
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.setLineDash([2, 1.6]);
  context.lineWidth = 1.2;
  context.strokeStyle = theme.ink;
  context.stroke();
  context.setLineDash([]);
}

// Less than was asked for: cut off at the right.
function drawNarrow(context, x, y, size) {
  context.fillStyle = theme.paper;
  context.fillRect(x + size * 0.2, y - size - 1.5, size + 1.5, 2 * size + 3);
  context.fillStyle = theme.ink;
  context.fillRect(x + size * 0.2, y - size - 1, 1.6, 2 * size + 2);
}

// Many events in a few pixels: how many.
function drawPile(context, count, x, y, hasFailed) {
  const text = count > 999 ? `${Math.round(count / 1000)}k` : String(count);
  context.font = "600 9px system-ui, sans-serif";
  const width = Math.max(12, context.measureText(text).width + 7);
  context.beginPath();
  context.roundRect(x - width / 2, y - 6, width, 12, 6);
  context.fillStyle = theme.ink;
  context.fill();
  context.lineWidth = hasFailed ? 2 : 1.5;
  context.strokeStyle = hasFailed ? theme.alarm : theme.paper;
  context.stroke();
  context.fillStyle = theme.paper;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + 0.5);
  context.textAlign = "left";
  return width;
}

function markCanvas(event, side = 16) {
  const canvas = element("canvas", "mark");
  const scale = devicePixelRatio || 1;
  canvas.width = canvas.height = side * scale;
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  drawMark(context, event, side / 2, side / 2, side * 0.28);
  return canvas;
}
