// Sliders and fields: one value an input, as it was written. The server says what it means.

import { sentence } from "./asking.js";

export class Controls {
  constructor(place, moved) {
    this.place = place;
    this.moved = moved;
    this.changed = new Map();
    place.addEventListener("input", (event) => this.#typed(event.target, false));
    place.addEventListener("change", (event) => this.#typed(event.target, true));
    place.addEventListener("click", (event) => {
      const back = event.target.closest("button.back");
      if (back) this.set(this.#of(back).dataset.input, null);
    });
  }

  #of(element) {
    return element.closest("[data-input]");
  }

  #typed(field, done) {
    const control = this.#of(field);
    if (!control || field.type === "search") return;
    const name = control.dataset.input;
    if (field.type === "number" && field.value === "") {
      if (done) this.set(name, null);
      return;
    }
    this.#show(control, field.value, field);
    this.#note(control, field.value);
    this.moved(done);
  }

  #note(control, value) {
    const same = value === control.dataset.stands;
    if (same) this.changed.delete(control.dataset.input);
    else this.changed.set(control.dataset.input, value);
    control.classList.toggle("changed", !same);
    control.querySelector("button.back").hidden = same;
  }

  #show(control, value, except = null) {
    for (const field of control.querySelectorAll("input")) if (field !== except) field.value = value;
  }

  find(name) {
    return this.place.querySelector(`[data-input="${CSS.escape(name)}"]`);
  }

  set(name, value, tell = true) {
    const control = this.find(name);
    if (!control) return false;
    const to = value ?? control.dataset.stands;
    this.#show(control, to);
    this.#note(control, to);
    if (value === null) control.querySelector("output").textContent = control.dataset.said;
    if (tell) this.moved(true);
    return true;
  }

  // The state of an address: every control as it says, all others as in the case.
  take(query) {
    const wanted = new URLSearchParams(query);
    for (const name of [...this.changed.keys()]) if (!wanted.has(name)) this.set(name, null, false);
    for (const [name, value] of wanted) this.set(name, value, false);
  }

  said(pieces) {
    for (const [key, words] of Object.entries(pieces)) {
      if (!key.startsWith("said:")) continue;
      const control = this.find(key.slice(5));
      if (control) control.querySelector("output").textContent = words;
    }
  }

  // What turns the answer soonest stands first; where somebody is at work nothing moves.
  order(names) {
    const list = this.place.querySelector("ul");
    if (!list || list.contains(document.activeElement) || list.matches(":hover")) return;
    const first = names.map((name) => this.find(name)).filter(Boolean);
    list.prepend(...first);
  }

  wrong(problems) {
    for (const place of this.place.querySelectorAll(".wrong")) place.textContent = "";
    const left = [];
    for (const each of problems) {
      const control = this.find(each.where || each.what.split(":")[0]);
      if (control) control.querySelector(".wrong").textContent = sentence({ ...each, where: "" });
      else left.push(each);
    }
    return left;
  }

  search(words) {
    const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const control of this.place.querySelectorAll("[data-words]")) {
      control.hidden = !wanted.every((each) => control.dataset.words.includes(each));
    }
    return this.place.querySelector("[data-words]:not([hidden])") !== null;
  }
}
