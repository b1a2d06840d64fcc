// Sets of CPUs, and how a set is drawn in lanes: one for each CPU, or for as many CPUs as it takes.

const mostLanes = 16;

class CpuList {
  constructor(text) {
    this.text = text;
    this.ranges = [];
    this.count = 0;
    for (const item of text.split(",")) {
      if (item === "") continue;
      const [first, last] = item.split("-").map(Number);
      this.ranges.push([first, last === undefined ? first : last]);
      this.count += this.ranges.at(-1)[1] - first + 1;
    }
    this.shares = null;
  }

  has(cpu) {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (cpu < this.ranges[middle][0]) high = middle - 1;
      else if (cpu > this.ranges[middle][1]) low = middle + 1;
      else return true;
    }
    return false;
  }

  get highest() { return this.ranges.length ? this.ranges.at(-1)[1] : -1; }

  // Which part of each lane's CPUs is in the set.
  laneShares(lanes) {
    if (this.shares && this.shares.length === lanes.count) return this.shares;
    this.shares = new Float32Array(lanes.count);
    for (const [first, last] of this.ranges) {
      const to = Math.min(last, lanes.cpus - 1);
      if (first > to) continue;
      for (let lane = lanes.of(first); lane <= lanes.of(to); ++lane) {
        const from = Math.max(first, lanes.first(lane));
        const end = Math.min(to + 1, lanes.first(lane + 1));
        this.shares[lane] += (end - from) / (lanes.first(lane + 1) - lanes.first(lane));
      }
    }
    return this.shares;
  }

  // As much of it as there is room for, cut between two ranges.
  short(letters) {
    if (this.text === "") return "none";
    if (this.text.length <= letters) return this.text;
    const rest = `… (${numberText(this.count)} CPUs)`;
    const room = this.text.slice(0, Math.max(0, letters - rest.length));
    const cut = room.lastIndexOf(",");
    return cut > 0 ? room.slice(0, cut + 1) + rest : `${numberText(this.count)} CPUs`;
  }
}

class Lanes {
  constructor(cpus) {
    this.cpus = Math.max(1, cpus);
    this.count = Math.min(this.cpus, mostLanes);
    this.height = {1: 14, 2: 9, 3: 7, 4: 6, 5: 4, 6: 4, 7: 4, 8: 4}[this.count] || 2;
  }

  of(cpu) { return Math.min(this.count - 1, Math.floor(cpu * this.count / this.cpus)); }
  first(lane) { return Math.ceil(lane * this.cpus / this.count); }
  get band() { return this.count * this.height; }
}
