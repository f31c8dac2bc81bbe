// Two boards side by side: each is asked for at once, then with its chance.

import { Refused, askJson, put, told } from "./asking.js";
import { explain } from "./drawer.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-line]");
  const side = button?.closest("[data-board]");
  if (side) explain(`/api/board/${encodeURIComponent(side.dataset.board)}`, side.dataset.state, button);
});

const query = location.search.slice(1);

async function show() {
  for (const tier of ["point", "chance"]) {
    try {
      const pieces = await askJson(`/api/compare/${tier}?${query}`);
      for (const [name, html] of Object.entries(pieces)) put(name, html);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      told(document.getElementById("told"), error.problems);
      return;
    }
  }
}

show();
