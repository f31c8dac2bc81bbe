// What was changed, step by step: in the address for others, in this browser for the next day.

const KEPT = 200;

export class Past {
  constructor(board, state) {
    this.place = `breakeven:${board}`;
    this.states = [state];
    this.at = 0;
    this.before = state ? "" : this.#kept();
  }

  get state() {
    return this.states[this.at];
  }

  add(state) {
    if (state === this.state) return;
    this.states = [...this.states.slice(0, this.at + 1), state].slice(-KEPT);
    this.at = this.states.length - 1;
    this.keep();
  }

  step(by) {
    const to = this.at + by;
    if (to < 0 || to >= this.states.length) return false;
    this.at = to;
    this.keep();
    return true;
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.states.length - 1;
  }

  keep() {
    history.replaceState(null, "", `${location.pathname}${this.state ? `?${this.state}` : ""}`);
    this.store(this.state);
  }

  store(state) {
    try {
      localStorage.setItem(this.place, state);
    } catch {
      // no room, or not allowed: the address has it all the same
    }
  }

  // What was changed on the last visit, where this one begins with the case as it is.
  #kept() {
    try {
      return localStorage.getItem(this.place) ?? "";
    } catch {
      return "";
    }
  }

  forget() {
    this.before = "";
    this.keep();
  }
}
