// The fleet that is held: its slider, and the line in the picture that can be dragged. Each stop stands in the page.

export class Fleet {
  constructor(place, moved) {
    this.place = place;
    this.moved = moved;
    this.replicas = null;
    this.held = false;
    place.addEventListener("input", (event) => event.target.id === "held" && this.#chosen(false));
    place.addEventListener("change", (event) => event.target.id === "held" && this.#chosen(true));
    place.addEventListener("click", (event) => event.target.id === "held-back" && this.#put(null, true));
    place.addEventListener("pointerdown", (event) => this.#drag(event, true));
    place.addEventListener("pointermove", (event) => this.held && this.#drag(event, false));
    window.addEventListener("pointerup", () => this.#let());
  }

  get #slider() {
    return this.place.querySelector("#held");
  }

  #chosen(done) {
    this.#show();
    this.#put(this.#slider.dataset.counts.split(" ")[this.#slider.value], done);
  }

  #put(replicas, done) {
    this.replicas = replicas;
    this.moved(done);
  }

  // The line, the words and the slider stand at the same stop.
  #show() {
    const slider = this.#slider;
    const count = slider.dataset.counts.split(" ")[slider.value];
    for (const line of this.place.querySelectorAll("[data-places]")) {
      const place = line.dataset.places.split(" ")[slider.value];
      line.setAttribute("y1", place);
      line.setAttribute("y2", place);
    }
    this.place.querySelector("output").textContent = count;
    slider.setAttribute("aria-valuetext", `${count} replicas`);
  }

  #drag(event, begins) {
    const picture = event.target.closest("svg.picture");
    const line = picture?.querySelector("[data-places]");
    if (!line) return;
    event.preventDefault();
    this.held = this.held || begins;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse()).y;
    const places = line.dataset.places.split(" ").map(Number);
    const nearest = places.reduce((best, place, i) => (Math.abs(place - at) < Math.abs(places[best] - at) ? i : best), 0);
    if (this.#slider.value === String(nearest) && !begins) return;
    this.#slider.value = nearest;
    this.#chosen(false);
  }

  #let() {
    if (!this.held) return;
    this.held = false;
    this.moved(true);
  }

  take(query) {
    this.replicas = new URLSearchParams(query).get("own:replicas");
  }
}
