// The lesson: its parts once they are computed, and questions. What was answered is kept in this browser.

import { Refused, askJson, put, told } from "./asking.js";

const byId = (name) => document.getElementById(name);
const board = document.body.dataset.board;
const PLACE = "breakeven:lesson";
let done = kept();

function kept() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? { asked: 0, right: 0 };
  } catch {
    return { asked: 0, right: 0 };
  }
}

function keep(right) {
  done = { asked: done.asked + 1, right: done.right + (right ? 1 : 0) };
  try {
    localStorage.setItem(PLACE, JSON.stringify(done));
  } catch {
    // no room, or not allowed: it counts until the page is left
  }
  show();
}

function show() {
  byId("progress").textContent = done.asked ? `So far ${done.right} of ${done.asked} questions answered rightly.` : "";
}

async function attempt(form, work) {
  const verdict = form.querySelector(".verdict");
  try {
    await work(verdict);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    told(verdict, error.problems);
  }
}

function question(form) {
  const part = form.closest("[data-part]").dataset.part;
  attempt(form, async (verdict) => {
    const found = await askJson(`/api/lesson/${part}/question`);
    form.dataset.seed = found.seed;
    form.querySelector(".question").textContent = found.text;
    form.querySelector(".unit").textContent = `, in ${found.unit}`;
    form.querySelector(".reply").hidden = false;
    form.querySelector(".ask").textContent = "Ask me another";
    verdict.textContent = "";
    const field = form.querySelector("input");
    field.value = "";
    field.focus();
  });
}

function check(form) {
  const part = form.closest("[data-part]").dataset.part;
  const query = new URLSearchParams({ answer: form.querySelector("input").value });
  attempt(form, async (verdict) => {
    const found = await askJson(`/api/lesson/${part}/question/${form.dataset.seed}?${query}`);
    verdict.textContent = found.said;
    verdict.classList.toggle("right", found.right !== "");
    if (form.dataset.counted !== form.dataset.seed) keep(found.right !== "");
    form.dataset.counted = form.dataset.seed;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.ask");
  if (button) question(button.closest("form"));
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.dataset.seed) check(event.target);
});

async function open() {
  show();
  try {
    put("lesson", (await askJson(`/api/lesson${board ? `?${new URLSearchParams({ board })}` : ""}`)).lesson);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("lesson").textContent = "";
    told(byId("told"), error.problems);
  }
}

open();
