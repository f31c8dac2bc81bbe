// The board: a change asks for the answer that is there at once; at rest for the chance, and then for everything.
// One request is in flight. What was overtaken is dropped.

import { Refused, ask, askJson, put, send, told } from "./asking.js";
import { Controls } from "./controls.js";
import { Past } from "./history.js";

const ident = document.body.dataset.board;
const api = `/api/board/${encodeURIComponent(ident)}`;
const byId = (name) => document.getElementById(name);
const AT_REST = 250; // milliseconds without a change
const SAYS = { point: "Working out the chance …", chance: "Working out everything else …", whole: "" };
const TIERS = ["point", "chance", "whole"];

const past = new Past(ident, location.search.slice(1));
const gates = new Map();
let flight = null;
let waiting = null;
let rest = 0;

const controls = new Controls(byId("inputs"), (done) => {
  if (done) settle();
  else request("point");
});

function state() {
  const query = new URLSearchParams([...controls.changed, ...gates]);
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
  byId("status").textContent = SAYS[asked.tier];
  if (pieces.hash) byId("status").textContent = `Study ${pieces.hash}`;
  byId("main").classList.toggle("provisional", asked.tier !== "whole");
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

function take(query) {
  gates.clear();
  for (const [name, value] of new URLSearchParams(query)) if (name.startsWith("gate:")) gates.set(name, value);
  controls.take(query);
  buttons();
  request("point");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.line) explain(button);
  else if (button.dataset.export) save(`export/${button.dataset.export}`, button);
  else if (button.matches(".show")) turn(button);
  else if (button.dataset.gate) answerGate(button);
  else if (button.id === "work-plan") plan(button);
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

async function explain(button) {
  const query = new URLSearchParams(state());
  query.set("line", button.dataset.line);
  query.set("option", button.dataset.option ?? "");
  byId("drawer").textContent = "Looking it up …";
  byId("sources").showModal();
  try {
    byId("drawer").innerHTML = (await askJson(`${api}/explain?${query}`)).derivation;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    told(byId("drawer"), error.problems);
  }
}

async function plan(button) {
  button.disabled = true;
  byId("status").textContent = "The plan is being worked out …";
  try {
    put("plan", (await askJson(`${api}/plan`)).plan);
    byId("status").textContent = "The plan is worked out.";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("status").textContent = "";
    told(byId("plan"), error.problems);
  }
}

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
  past.add(past.before);
  take(past.state);
});
byId("forget").addEventListener("click", () => {
  byId("before").hidden = true;
  past.forget();
});
byId("close").addEventListener("click", () => byId("sources").close());
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
    const found = await askJson(api);
    put("inputs", found.controls);
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
