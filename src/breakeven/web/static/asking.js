// Asks the server, and puts its answers in their places. Nothing is computed here.

export class Refused extends Error {
  constructor(problems, status) {
    super(problems.map((each) => each.what).join("; "));
    this.problems = problems;
    this.status = status;
  }
}

const NOBODY = [{ what: "the dashboard does not answer", where: "", fix: "Is breakeven serve still running?" }];

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(NOBODY, 0);
  }
  if (answer.ok) return answer;
  let found = NOBODY;
  try {
    found = (await answer.json()).problems;
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  throw new Refused(found, answer.status);
}

export async function askJson(address, options) {
  return (await ask(address, options)).json();
}

export function send(address, said) {
  const headers = { "content-type": "application/json" };
  return askJson(address, { method: "POST", headers, body: JSON.stringify(said) });
}

// A piece of the page takes its answer. What the keyboard stands on keeps its place, if it is still there.
export function put(name, html) {
  const place = document.getElementById(name);
  if (!place || place.dataset.shown === html) return;
  const held = place.contains(document.activeElement) ? markOf(document.activeElement) : null;
  place.innerHTML = html;
  place.dataset.shown = html;
  if (held) place.querySelector(held)?.focus({ preventScroll: true });
}

function markOf(element) {
  const data = Object.entries(element.dataset).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]);
  const marks = data.map(([name, value]) => `[data-${name}="${CSS.escape(value)}"]`);
  return marks.length ? marks.join("") : null;
}

export function sentence(each) {
  return [each.where && `${each.where}:`, each.what + (/[.!?]$/.test(each.what) ? "" : "."), each.fix].filter(Boolean).join(" ");
}

export function told(place, problems) {
  place.replaceChildren(
    ...problems.map((each) => {
      const line = document.createElement("p");
      line.textContent = sentence(each);
      return line;
    }),
  );
}
