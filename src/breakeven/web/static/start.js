// Where one begins. Each way ends on a board.

import { Refused, ask, askJson, send, sentence } from "./asking.js";

const EVERY = 300; // milliseconds between two looks at how far a log is

function clear(form) {
  for (const place of form.querySelectorAll(".wrong")) place.textContent = "";
}

function wrong(form, problems) {
  for (const each of problems) {
    const place = form.querySelector(`[data-wrong="${CSS.escape(each.where)}"]`);
    const said = sentence({ ...each, where: place ? "" : each.where });
    if (place) {
      place.textContent = said;
      form.querySelector(`[name="${CSS.escape(each.where)}"]`)?.setAttribute("aria-invalid", "true");
    } else {
      const line = form.querySelector('[data-wrong=""]');
      line.textContent = [line.textContent, said].filter(Boolean).join(" ");
    }
  }
  form.querySelector("[aria-invalid]")?.focus();
}

async function attempt(form, work) {
  clear(form);
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  const status = form.querySelector(".status");
  status.textContent = "Being worked out …";
  try {
    const board = await work((words) => (status.textContent = words));
    if (board) location.assign(`/board/${encodeURIComponent(board)}`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    wrong(form, error.problems);
    status.textContent = "";
  } finally {
    if (button) button.disabled = false;
  }
}

async function upload(name, content, say) {
  const { upload: ident } = await send("/api/uploads", { name });
  const address = `/api/uploads/${ident}`;
  let sent = false;
  const sending = ask(address, { method: "PUT", body: content }).finally(() => (sent = true));
  sending.catch(() => {});
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY));
    const found = await askJson(address);
    say(found.said);
    if (found.problems.length) throw new Refused(found.problems, 422);
    if (found.board) return found.board;
    if (sent) await sending;
  }
}

const questions = document.getElementById("questions");
questions.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(questions, async () => (await send("/api/questions", Object.fromEntries(new FormData(questions)))).board);
});

const log = document.getElementById("log");
const file = document.getElementById("log-file");
const take = (chosen) => attempt(log, (say) => upload(chosen.name, chosen, say));
file.addEventListener("change", () => file.files[0] && take(file.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  log.addEventListener(kind, (event) => {
    event.preventDefault();
    log.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}

const bill = document.getElementById("bill");
bill.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("bill-text").value;
  const name = /^\s*[[{]/.test(text) ? "bill.jsonl" : "bill.csv";
  attempt(bill, (say) => upload(name, new Blob([text]), say));
});
