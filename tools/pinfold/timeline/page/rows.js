// The rows of the timeline: processes, their threads, and those of which nothing is to be told.

const stripHeight = 14;  // above a band: marks, and the CPU list
const foldedHeight = 24;
const quietRows = {folded: null};

let rows = [];

function buildRows(model) {
  rows = [];
  const bandRow = stripHeight + model.lanes.band + 7;
  let y = 0;
  const put = row => {
    rows.push({...row, y});
    y += row.height;
  };
  const visible = process => process.threads.filter(thread => thread.shown);
  const quiet = model.processes.filter(process => process.events === 0 && visible(process).length);
  const busy = model.processes.filter(process => process.events > 0 && visible(process).length);
  const putProcess = process => {
    const threads = visible(process);
    if (threads.length === 1 && process.threads.length === 1) {
      put({kind: "single", process, thread: threads[0], height: bandRow});
      return;
    }
    put({kind: "process", process, threads, height: foldedHeight});
    if (process.folded) return;
    for (const thread of threads) put({kind: "thread", process, thread, height: bandRow});
  };
  busy.forEach(putProcess);
  if (quiet.length) {
    if (quietRows.folded === null) quietRows.folded = busy.length > 0 && quiet.length > 8;
    const threads = quiet.reduce((sum, process) => sum + visible(process).length, 0);
    if (busy.length) put({kind: "quiet", count: threads, height: foldedHeight});
    if (!quietRows.folded || !busy.length) quiet.forEach(putProcess);
  }
  view.rowsHeight = y + 6;
  scrollTo(view.top);
}

// The first row that reaches below y, by halves.
function firstRowBelow(y) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].y + rows[middle].height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowAt(y) {
  const row = rows[firstRowBelow(y)];
  return row && row.y <= y ? row : null;
}

function rowOf(event) {
  if (!event.thread) return null;
  return rows.find(row => row.thread === event.thread
    || row.kind === "process" && row.process.folded && row.process === event.thread.process);
}

// Of a folded process those of all its threads, in the order of time.
function marksOf(row) {
  if (row.thread) return row.thread.marks;
  if (row.kind !== "process" || !row.process.folded) return [];
  if (!row.marks) {
    row.marks = row.threads.flatMap(thread => thread.marks).sort((a, b) => a.i - b.i);
  }
  return row.marks;
}

const bandTop = row => row.y + stripHeight + 1;
const markY = row => row.thread ? row.y + stripHeight / 2 + 1 : row.y + row.height / 2;

function toggleRow(row) {
  if (row.kind === "quiet") quietRows.folded = !quietRows.folded;
  else if (row.kind === "process") row.process.folded = !row.process.folded;
  else return false;
  buildRows(view.model);
  return true;
}

function toggleAll() {
  const many = view.model.processes.filter(process => process.threads.length > 1);
  const fold = many.some(process => !process.folded);
  for (const process of many) process.folded = fold;
  buildRows(view.model);
}
