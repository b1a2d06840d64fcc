// Times, spans and numbers as text. Times are nanoseconds from the page's origin.

const clock = {utc: false, originMs: 0, originNs: 0};

function setOrigin(text) {
  if (!text) return;
  clock.originMs = Date.parse(text.slice(0, 19) + "Z");
  clock.originNs = Number(text.slice(20, 29));
}

function moment(at) {
  const total = clock.originNs + at;
  const seconds = Math.floor(total / 1e9);
  return {date: new Date(clock.originMs + seconds * 1000), ns: Math.round(total - seconds * 1e9)};
}

const two = number => String(number).padStart(2, "0");

function timeText(at, digits = 6) {
  const {date, ns} = moment(at);
  const text = clock.utc
    ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clockText = text.map(two).join(":");
  return digits === 0 ? clockText : clockText + "." + String(ns).padStart(9, "0").slice(0, digits);
}

function dateText(at) {
  const {date} = moment(at);
  return clock.utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function zoneText(at) {
  if (clock.utc) return "UTC";
  const minutes = -moment(at).date.getTimezoneOffset();
  const sign = minutes < 0 ? "−" : "+";
  const size = Math.abs(minutes);
  return `UTC${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

// Nanoseconds that local clocks are ahead of UTC, so that ticks stand at full hours of both.
function zoneShift(at) {
  return clock.utc ? 0 : -moment(at).date.getTimezoneOffset() * 60e9;
}

function spanText(ns) {
  const units = [[3600e9, "h"], [60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
  if (ns >= 60e9) {
    const [big, small] = ns >= 3600e9 ? [units[0], units[1]] : [units[1], units[2]];
    const first = Math.floor(ns / big[0]);
    const second = Math.floor((ns - first * big[0]) / small[0]);
    return `${first} ${big[1]}` + (second ? ` ${second} ${small[1]}` : "");
  }
  const [size, name] = units.find(unit => ns >= unit[0]) || [1, "ns"];
  const value = ns / size;
  const digits = value >= 100 || size === 1 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${name}`;
}

// toLocaleString takes a tenth of a second at its first call.
const numberText = number => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const countText = (number, one, many) => `${numberText(number)} ${number === 1 ? one : many}`;

function taskText(task) {
  if (!task) return "–";
  const name = task.comm || "?";
  return task.tid === task.pid ? `${name} (${task.pid})` : `${name} (${task.tid} of ${task.pid})`;
}

// A new element; its text is only ever text.
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
