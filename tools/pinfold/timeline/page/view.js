// Which part of the time and of the rows is seen.

const shortestSpan = 200;  // nanoseconds

const view = {from: 0, to: 1, top: 0, width: 1, height: 1, gutter: 210, model: null, rowsHeight: 0};
const axisHeight = 30;

const plotWidth = () => Math.max(10, view.width - view.gutter);
const xOf = at => view.gutter + (at - view.from) / (view.to - view.from) * plotWidth();
const atOf = x => view.from + (x - view.gutter) / plotWidth() * (view.to - view.from);

function fullSpan() {
  const margin = (view.model.to - view.model.from) * 0.02;
  return {from: view.model.from - margin, to: view.model.to + margin};
}

function setSpan(from, to) {
  const full = fullSpan();
  const span = Math.min(Math.max(to - from, shortestSpan), full.to - full.from);
  const middle = (from + to) / 2;
  let begin = to - from === span ? from : middle - span / 2;
  begin = Math.min(Math.max(begin, full.from), full.to - span);
  view.from = begin;
  view.to = begin + span;
}

function fit() {
  const full = fullSpan();
  setSpan(full.from, full.to);
}

// factor > 1: nearer. What is at x stays there.
function zoom(factor, x = view.gutter + plotWidth() / 2) {
  const at = atOf(x);
  const span = Math.max((view.to - view.from) / factor, shortestSpan);
  const part = (x - view.gutter) / plotWidth();
  setSpan(at - span * part, at + span * (1 - part));
}

function pan(pixels) {
  const shift = pixels / plotWidth() * (view.to - view.from);
  setSpan(view.from + shift, view.to + shift);
}

function scrollTo(top) {
  const most = Math.max(0, view.rowsHeight - (view.height - axisHeight));
  view.top = Math.min(Math.max(0, top), most);
}

function reveal(event) {
  const span = view.to - view.from;
  if (event.at < view.from + span * 0.02 || event.at > view.to - span * 0.02) {
    setSpan(event.at - span / 2, event.at + span / 2);
  }
  const row = rowOf(event);
  if (!row) return;
  const room = view.height - axisHeight;
  if (row.y < view.top) scrollTo(row.y - 8);
  else if (row.y + row.height > view.top + room) scrollTo(row.y + row.height - room + 8);
}
