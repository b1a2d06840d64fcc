// What each thread was allowed over time, and the times of which nothing is known.

// Steps {at, mask, unsure}: allowed `mask` from there on. Unsure: that is what an event found
// before it, but when it began was not seen.
function findSteps(model, thread) {
  const points = [];
  const alive = thread.alive || [];
  for (let i = 0; i < alive.length; i += 2) points.push({at: alive[i], mask: alive[i + 1]});
  for (const event of thread.events) {
    if (event.event !== "set" || thread.pseudo) continue;
    points.push({at: event.at, old: event.old, mask: event.effective});
  }
  points.sort((a, b) => a.at - b.at);
  const steps = [];
  for (const {at, old, mask} of points) {
    const last = steps.at(-1);
    if (old !== undefined) {
      if (!last) steps.push({at: birthOf(model, thread), mask: old, unsure: true});
      else if (last.mask !== old) last.unsure = true;
    }
    if (mask === undefined) continue;
    if (!steps.length || steps.at(-1).mask !== mask || steps.at(-1).unsure) {
      steps.push({at, mask, unsure: false});
    }
  }
  return steps;
}

function birthOf(model, thread) { return thread.born === undefined ? model.from : thread.born; }
function endOf(model, thread) { return thread.ended === undefined ? model.to : thread.ended; }

function stepAt(thread, at) {
  const index = countUpTo(thread.steps, at, step => step.at) - 1;
  return index < 0 ? null : thread.steps[index];
}

// How many of a list in order are not above `at`.
function countUpTo(list, at, key) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function findGaps(model) {
  const gaps = [];
  let running = null;
  let last = null;
  for (const event of model.events) {
    if (event.event === "lost") {
      const lost = event.count + event.others;
      gaps.push({from: event.timed ? event.at : model.from, to: event.to ?? event.at, event,
        text: countText(lost, "event lost", "events lost")});
    }
    // Of one that did not come to its end it is not known when it ended, or whether it goes on.
    if (event.event === "start" && running !== null) {
      gaps.push({from: last, to: event.at, event,
        text: running ? "perhaps not recorded" : "not recorded"});
    }
    if (event.event === "start" || event.event === "end") {
      running = event.event === "start";
    }
    last = event.at;
  }
  const cut = model.cut.events;
  if (cut && cut.from !== undefined) {
    gaps.push({from: cut.from, to: cut.to, event: null,
      text: `${countText(cut.count, "event", "events")} not on this page`});
  }
  const runs = model.cut.runs;
  if (runs && runs.from !== undefined) {
    gaps.push({from: runs.from, to: runs.to, event: null, onlyRuns: true,
      text: `${countText(runs.count, "run", "runs")} not on this page`});
  }
  return gaps.filter(gap => gap.to >= gap.from).sort((a, b) => a.from - b.from);
}
