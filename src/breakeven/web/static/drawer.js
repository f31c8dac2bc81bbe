// Where a number is from: its derivation, in a dialog.

import { Refused, askJson, told } from "./asking.js";

const byId = (name) => document.getElementById(name);

export async function explain(api, state, button) {
  const query = new URLSearchParams(state);
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

byId("close").addEventListener("click", () => byId("sources").close());
