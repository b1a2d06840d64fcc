// Colours: of the theme from the style sheet, of CPUs from here.

// Okabe and Ito's, which look different to everybody.
const fewCpus = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8878c8",
  "#a3a500"];
// Viridis without its ends, which are lost on dark and on white.
const manyCpus = ["#5b51a3", "#3e6ea6", "#2a8a9c", "#22a884", "#55b85c", "#9cc32f"];

const theme = {};

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "panel", "ink", "faint", "line", "alive", "band", "alarm", "focus",
    "gap", "gap-line", ...causes, "get", "notice"]) {
    theme[name] = style.getPropertyValue("--" + name).trim();
  }
  theme.isDark = style.getPropertyValue("--is-dark").trim() === "1";
}

function rgb(hex) {
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
}

function mix(from, to, part) {
  return from.map((value, i) => Math.round(value + (to[i] - value) * part));
}

function cpuColour(cpu, cpus) {
  const colour = colourOnLight(cpu, cpus);
  return theme.isDark ? mix(colour, [255, 255, 255], 0.2) : colour;
}

function colourOnLight(cpu, cpus) {
  if (cpus <= fewCpus.length) return rgb(fewCpus[Math.floor(cpu) % fewCpus.length]);
  const place = cpu / (cpus - 1) * (manyCpus.length - 1);
  const index = Math.min(Math.floor(place), manyCpus.length - 2);
  return mix(rgb(manyCpus[index]), rgb(manyCpus[index + 1]), Math.min(1, place - index));
}

// By the eye's weights: black is read on it better than white.
const isLightColour = ([red, green, blue]) => red * 0.3 + green * 0.59 + blue * 0.11 > 120;

const css = colour => `rgb(${colour.join(" ")})`;

// An explicit choice stays until the page is closed; nothing is stored.
function switchTheme() {
  const root = document.documentElement;
  readTheme();
  root.dataset.theme = theme.isDark ? "light" : "dark";
  readTheme();
}
