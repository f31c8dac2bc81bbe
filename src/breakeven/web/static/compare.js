// Two boards side by side: each is asked for at once, then with its chance.

import { Refused, askJson, put, told } from "./asking.js";

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
