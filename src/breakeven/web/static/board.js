// The board: a change asks for the answer that is there at once; at rest for the chance, and then for everything.
// One request is in flight. What was overtaken is dropped.

import { Refused, ask, askJson, put, send, told } from "./asking.js";
import { Controls } from "./controls.js";
import { explain } from "./drawer.js";
import { Fleet } from "./fleet.js";
import { Past } from "./history.js";

const ident = document.body.dataset.board;
const api = `/api/board/${encodeURIComponent(ident)}`;
const byId = (name) => document.getElementById(name);
const AT_REST = 250; // milliseconds without a change
const SAYS = { point: "Working out the chance …", chance: "Working out everything else …" };
const TIERS = ["point", "chance", "whole", "more"];

const begun = location.search.slice(1);
const past = new Past(ident, begun);
const gates = new Map(); // what a gate says, and what it rests on
const chosen = new Map(); // what the case was resolved anew for: with another one the page begins anew
let flight = null;
let waiting = null;
let rest = 0;

const moved = (done) => (done ? settle() : request("point"));
const controls = new Controls(byId("inputs"), moved);
const fleet = new Fleet(byId("owned"), moved);

function state() {
  const query = new URLSearchParams([...controls.changed, ...gates]);
  for (const [name, value] of chosen) query.set(name, value);
  if (fleet.replicas) query.set("own:replicas", fleet.replicas);
  query.sort();
  return query.toString();
}

function settle() {
  past.add(state());
  buttons();
  request("point");
}

function buttons() {
  byId("undo").disabled = !past.canUndo;
  byId("redo").disabled = !past.canRedo;
  byId("reset").disabled = state() === "";
  const here = `${ident}${state() ? `?${state()}` : ""}`;
  byId("compare").href = `/compare?${new URLSearchParams({ left: ident, right: here })}`;
}

// A new state is asked for when the one in flight is back; a slower tier of an old state is given up.
function request(tier) {
  clearTimeout(rest);
  const asked = { tier, state: state() };
  if (flight && flight.tier === "point") {
    waiting = asked;
    return;
  }
  flight?.stop.abort();
  start(asked);
}

async function start(asked) {
  const mine = { ...asked, stop: new AbortController() };
  flight = mine;
  document.body.classList.toggle("working", true);
  try {
    const pieces = await askJson(`${api}/answer/${asked.tier}${asked.state ? `?${asked.state}` : ""}`, { signal: mine.stop.signal });
    if (flight === mine) show(mine, pieces);
  } catch (error) {
    if (error.name === "AbortError" || flight !== mine) return;
    if (!(error instanceof Refused)) throw error;
    wrong(error.problems);
  }
  if (flight !== mine) return;
  flight = null;
  if (waiting) {
    const next = waiting;
    waiting = null;
    start(next);
  } else {
    onwards(mine);
  }
}

function onwards(done) {
  const next = TIERS[TIERS.indexOf(done.tier) + 1];
  document.body.classList.toggle("working", Boolean(next));
  if (!next || done.state !== state() || done.failed) return;
  if (done.tier === "point") rest = setTimeout(() => request(next), AT_REST);
  else request(next);
}

function show(asked, pieces) {
  byId("told").replaceChildren();
  controls.wrong([]);
  for (const [name, html] of Object.entries(pieces)) if (!name.includes(":")) put(name, html);
  controls.said(pieces);
  if (pieces.nearest) controls.order(pieces.nearest.split(" "));
  byId("status").textContent = SAYS[asked.tier] ?? `Study ${pieces.hash}`;
  byId("main").classList.toggle("provisional", asked.tier in SAYS);
}

function wrong(problems) {
  byId("status").textContent = "";
  document.body.classList.remove("working");
  told(byId("told"), controls.wrong(problems));
}

function travel(by) {
  if (!past.step(by)) return;
  take(past.state);
}

function choicesOf(query) {
  return [...new URLSearchParams(query)].filter(([name]) => name.startsWith("case:")).sort().join("&");
}

// Another choice is another board: its page begins anew.
function take(query) {
  if (choicesOf(query) !== choicesOf(begun)) {
    past.store(query);
    location.assign(`${location.pathname}${query ? `?${query}` : ""}`);
    return;
  }
  gates.clear();
  chosen.clear();
  for (const [name, value] of new URLSearchParams(query)) {
    if (/^(gate|evidence):/.test(name)) gates.set(name, value);
    if (name.startsWith("case:")) chosen.set(name, value);
  }
  fleet.take(query);
  controls.take(query);
  buttons();
  request("point");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.line) explain(api, state(), button);
  else if (button.dataset.export) save(`export/${button.dataset.export}`, button);
  else if (button.matches(".show")) turn(button);
  else if (button.dataset.gate) answerGate(button);
  else if (button.id === "work-plan") work("plan", button, "The plan is being worked out …");
  else if (button.id === "look-designs") work("designs", button, "Designs are being looked for …");
  else if (button.matches(".take")) choose(new URLSearchParams(button.dataset.choices));
});

function turn(button) {
  if (!controls.set(button.dataset.input, button.dataset.value)) {
    told(byId("told"), [{ what: "this input has no slider: it follows from others", where: "", fix: "" }]);
    return;
  }
  const control = controls.find(button.dataset.input);
  control.scrollIntoView({ block: "center" });
  control.querySelector("input").focus({ preventScroll: true });
}

function answerGate(button) {
  gates.set(`gate:${button.dataset.gate}`, button.dataset.verdict);
  if (button.dataset.stands) gates.delete(`gate:${button.dataset.gate}`);
  settle();
}

// What takes long is asked for by a button, of the case without the sliders' changes.
async function work(what, button, words) {
  button.disabled = true;
  byId("status").textContent = words;
  try {
    const query = new URLSearchParams([...chosen]).toString();
    put(what, (await askJson(`${api}/${what}${query ? `?${query}` : ""}`))[what]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    button.disabled = false;
    told(byId("told"), error.problems);
  }
  byId("status").textContent = "";
}

// The case is resolved anew, so that every slider may stand elsewhere: the page begins anew with the choice.
async function choose(choices) {
  const query = new URLSearchParams(state());
  query.delete("own:replicas");
  for (const [name, value] of choices) query.set(`case:${name}`, value);
  query.sort();
  byId("status").textContent = "The case is resolved anew …";
  byId("chosen").replaceChildren();
  try {
    await ask(`${api}?${query}`);
    take(query.toString());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("status").textContent = "";
    told(byId("chosen"), error.problems);
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const moved = [...event.target.querySelectorAll("input")].filter((field) => field.value.trim() !== field.dataset.stands);
  if (moved.length) choose(moved.map((field) => [field.name, field.value.trim()]));
});
document.addEventListener("change", (event) => {
  if (!event.target.dataset.evidence) return;
  gates.set(`evidence:${event.target.dataset.evidence}`, event.target.value);
  settle();
});

async function save(what, button) {
  const words = button.firstChild.textContent;
  byId("status").textContent = `${words}: being written …`;
  button.disabled = true;
  try {
    const answer = await ask(`${api}/${what}${state() ? `?${state()}` : ""}`);
    const named = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = named ? named[1] : "breakeven";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    byId("status").textContent = `${words}: written.`;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("status").textContent = "";
    told(byId("told"), error.problems);
  } finally {
    button.disabled = false;
    button.closest("details")?.removeAttribute("open");
  }
}

byId("undo").addEventListener("click", () => travel(-1));
byId("redo").addEventListener("click", () => travel(1));
byId("reset").addEventListener("click", () => {
  take("");
  past.add("");
  buttons();
});
byId("bring-back").addEventListener("click", () => {
  byId("before").hidden = true;
  if (choicesOf(past.before) === choicesOf(begun)) past.add(past.before);
  take(past.before);
});
byId("forget").addEventListener("click", () => {
  byId("before").hidden = true;
  past.forget();
});
byId("save-as").addEventListener("click", (event) => save("case.yaml", event.currentTarget));
byId("save")?.addEventListener("click", async () => {
  try {
    byId("status").textContent = (await send(`${api}/save?${state()}`, {})).said;
    past.add("");
    location.assign(location.pathname);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    told(byId("told"), error.problems);
  }
});
byId("all").addEventListener("click", (event) => {
  const all = byId("controls")?.classList.toggle("all") ?? false;
  event.currentTarget.setAttribute("aria-pressed", String(all));
  event.currentTarget.textContent = all ? "Show the nearest only" : "Show all inputs";
});
byId("find").addEventListener("input", (event) => {
  byId("controls")?.classList.toggle("all", event.target.value !== "" || byId("all").getAttribute("aria-pressed") === "true");
  byId("found").textContent = controls.search(event.target.value) ? "" : "No input has these words.";
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  travel(event.shiftKey ? 1 : -1);
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

async function open() {
  try {
    const found = await askJson(`${api}${past.state ? `?${past.state}` : ""}`);
    put("inputs", found.controls);
    put("choosing", found.choosing);
    take(past.state);
    byId("before").hidden = past.before === "";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("verdict").textContent = "";
    byId("inputs").textContent = "";
    told(byId("told"), error.problems);
  }
}

open();
