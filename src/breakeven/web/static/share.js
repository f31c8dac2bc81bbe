// Shows the answer that belongs to the stops. Every answer stands in the file; none is computed here.

const said = JSON.parse(document.getElementById("answers").textContent);
const sliders = [...document.querySelectorAll('input[type="range"]')];

function show() {
  sliders.forEach((slider, i) => {
    const words = said.words[i][slider.value];
    slider.setAttribute("aria-valuetext", words);
    slider.parentElement.querySelector("output").textContent = words;
  });
  document.getElementById("verdict").innerHTML = said.answers[sliders.map((slider) => slider.value).join(",")];
}

for (const slider of sliders) slider.addEventListener("input", show);
