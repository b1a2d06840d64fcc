// The axis of time, with what is told of the recording itself.

const timeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap(step => [step, step * 1e3, step * 1e6])
  .concat([1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
    172800, 604800, 2592000].map(seconds => seconds * 1e9)).sort((a, b) => a - b);

// The step between two ticks, and how many digits of a second tell them apart.
function tickStep() {
  const least = (view.to - view.from) / plotWidth() * 120;
  const step = timeSteps.find(one => one >= least) || timeSteps.at(-1);
  const digits = step >= 1e9 ? 0 : step >= 1e6 ? 3 : step >= 1e3 ? 6 : 9;
  return {step, digits};
}

function ticks() {
  const {step, digits} = tickStep();
  // Offsets count from the origin; ticks stand at round times of the clock.
  const secondsOfDay = (clock.originMs / 1000) % 86400 * 1e9 + clock.originNs + zoneShift(view.from);
  const list = [];
  const first = Math.ceil((view.from + secondsOfDay) / step);
  for (let i = first; list.length < 200; ++i) {
    const at = i * step - secondsOfDay;
    if (at > view.to) break;
    list.push({at, text: step >= 86400e9 ? dateText(at) : timeText(at, digits)});
  }
  return list;
}

function drawAxis(context) {
  const {model} = view;
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, view.width, axisHeight);
  context.fillStyle = theme.line;
  context.fillRect(0, axisHeight - 1, view.width, 1);
  context.save();
  context.beginPath();
  context.rect(view.gutter, 0, plotWidth(), axisHeight);
  context.clip();
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const {at, text} of ticks()) {
    const x = Math.round(xOf(at));
    context.fillStyle = theme.line;
    context.fillRect(x, axisHeight - 7, 1, 7);
    if (x + 5 + context.measureText(text).width > view.width) continue;
    context.fillStyle = theme.faint;
    context.fillText(text, x + 5, 11);
  }
  for (const event of noticesInView()) drawNotice(context, event);
  context.restore();
  drawCpuKey(context, model);
}

function noticesInView() {
  const {notices} = view.model;
  const list = [];
  let last = -10;
  for (let i = countUpTo(notices, view.from, event => event.at); i < notices.length; ++i) {
    if (notices[i].at > view.to) break;
    const x = xOf(notices[i].at);
    if (x - last < 4 && notices[i].event !== "lost") continue;
    last = x;
    list.push(notices[i]);
  }
  return list;
}

const noticeY = axisHeight - 7;

function drawNotice(context, event) {
  const x = xOf(event.at);
  tracePath(context, noticeShape(event), x, noticeY, 4.5);
  context.fillStyle = colourOf(event);
  context.fill();
  if (event === plot.selected) drawHalo(context, x, noticeY - 1, 1);
}

// Which colour is which CPU, left of the axis.
function drawCpuKey(context, model) {
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const y = axisHeight / 2;
  context.fillStyle = theme.faint;
  context.fillText("CPU", 14, y);
  if (model.cpus <= fewCpus.length) {
    const step = Math.min(22, (view.gutter - 52) / model.cpus);
    context.font = "600 10px system-ui, sans-serif";
    context.textAlign = "center";
    for (let cpu = 0; cpu < model.cpus; ++cpu) {
      const colour = cpuColour(cpu, model.cpus);
      const x = 44 + cpu * step;
      context.fillStyle = css(colour);
      context.beginPath();
      context.roundRect(x, y - 7, step - 2, 14, 2);
      context.fill();
      context.fillStyle = isLightColour(colour) ? "#000000" : "#ffffff";
      if (step >= 12) context.fillText(String(cpu), x + step / 2 - 1, y + 0.5);
    }
    context.textAlign = "left";
    return;
  }
  const last = numberText(model.cpus - 1);
  const right = view.gutter - 16 - context.measureText(last).width;
  context.fillStyle = theme.ink;
  context.fillText("0", 44, y);
  context.fillText(last, right + 5, y);
  for (let x = 56; x < right; ++x) {
    context.fillStyle = css(cpuColour((x - 56) / (right - 56) * (model.cpus - 1), model.cpus));
    context.fillRect(x, y - 4, 1.5, 8);
  }
}
