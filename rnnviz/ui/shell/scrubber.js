// The scrubber over the training: chooses which moment all that is live on the page shows. Shift with the arrows goes from
// moment to moment, Escape back to now, once nothing is open and no time step marked; the plain arrows are the transport's.

import { cursor, OPENED } from "../live/cursor.js"
import { moments, neighbour, place } from "../live/moments.js"
import { mounts } from "../live/mount.js"
import { opens } from "../live/popover.js"
import { element, fill } from "../live/text.js"
import { later } from "../live/waiting.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { ScrubberData } from "./scrubber.d.ts" */

const MOMENT = 50 // milliseconds for which a moment of the film is shown at the least
const SETTLED = 800 // milliseconds for which a moment is shown before the address holds it
const PATIENCE = 2000 // after which the film goes on, though a component does not show the moment
const WAYS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })
const PLAY = "M8 5v14l11-7z"
const STOP = "M6 6h12v12H6z"
const PIN = "M8 3h8v2l-1 1v5l3 3v2h-5v5l-1 1-1-1v-5H6v-2l3-3V6L8 5z"
const OWN_KEYS =
  "input, textarea, select, [contenteditable], [role=slider], [role=listbox], [role=textbox], [role=dialog]"

export default mounts((/** @type {HTMLElement} */ root, /** @type {ScrubberData} */ data) => new Scrubber(root, data))

class Scrubber {
  /** @type {number[]} the steps under the slider: those of the newest frame, but while it is dragged */
  steps = []
  dragged = false
  /** @type {number | null} the moment that the address holds, or will */
  held = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  holding
  /** @type {Component<ScrubberData>["setTriggerValue"]} */
  trigger = () => {}
  film = 0 // the number of the film that runs, 0 if none does
  films = 0

  /**
   * @param {HTMLElement} root
   * @param {ScrubberData} data
   */
  constructor(root, data) {
    this.data = data
    this.section = /** @type {HTMLElement} */ (root.querySelector(".rnnviz-scrubber"))
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector("input"))
    this.said = /** @type {HTMLElement} */ (root.querySelector(".said"))
    this.play = this.button("play")
    this.now = this.button("now")
    this.pin = this.button("pin")
    this.pinned = element("span")
    this.pin.append(icon(PIN), this.pinned)
    this.about = element("p")
    Object.assign(this.about, { popover: "auto", className: "explanation" })
    this.leaving = new AbortController()
    const { signal } = this.leaving
    opens(this.button("about"), this.about, this.section, { hover: true })
    this.play.addEventListener("click", () => (this.film ? this.stop() : this.run()))
    this.pin.addEventListener(
      "click",
      () => moments.pin(moments.then === null ? this.steps[place(this.steps, moments.at)] : null),
    )
    this.now.addEventListener("click", () => this.go(null))
    this.section.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation())
    this.slider.addEventListener("input", () => this.slide())
    this.slider.addEventListener("pointerdown", () => (this.dragged = true))
    for (const event of ["pointerup", "pointercancel"]) addEventListener(event, () => this.drop(), { signal })
    addEventListener("keydown", (event) => this.press(event), { capture: true, signal })
    addEventListener("pointerdown", () => this.holding && this.settle(), { capture: true, signal })
    this.hear = () => this.paint()
    moments.hears.add(this.hear)
  }

  /**
   * @param {string} act
   * @returns {HTMLButtonElement}
   */
  button(act) {
    return /** @type {HTMLButtonElement} */ (this.section.querySelector(`[data-act=${act}]`))
  }

  /** @param {Component<ScrubberData>} component */
  update({ data, setTriggerValue }) {
    this.data = data
    this.trigger = setTriggerValue
    const { text } = data
    this.slider.setAttribute("aria-label", text.label)
    this.button("about").setAttribute("aria-label", text.about)
    this.now.textContent = text.now
    this.now.title = text.back
    this.paint()
  }

  paint() {
    const { there: newest, at, then } = moments
    this.section.hidden = !newest
    if (!newest) return
    if (!this.dragged) this.steps = newest.steps
    this.hold(at)
    const { text } = this.data
    const there = place(this.steps, at)
    this.slider.max = String(this.steps.length - 1)
    this.slider.value = String(there)
    this.slider.disabled = this.play.disabled = this.steps.length < 2
    this.slider.setAttribute("aria-valuetext", fill(text.at, { step: this.steps[there] }))
    this.said.textContent = newest.said
    this.pin.hidden = !moments.ghosts
    this.pinned.textContent = then === null ? "" : String(then)
    const pins = then === null ? text.pin : text.loose
    if (this.pin.title !== pins) {
      Object.assign(this.pin, { title: pins, ariaLabel: pins, ariaPressed: String(then !== null) })
    }
    this.about.textContent = `${newest.kept} ${text.kept}`
    this.section.classList.toggle("past", at !== null)
    const label = this.film ? text.stop : text.play
    if (this.play.title === label) return
    this.play.title = label
    this.play.setAttribute("aria-label", label)
    this.play.replaceChildren(icon(this.film ? STOP : PLAY))
  }

  /**
   * Has the address hold a moment that is looked at for a while, as a step to train to; 0 for now.
   * @param {number | null} at
   */
  hold(at) {
    if (at === this.held) return
    this.held = at
    this.settle()
  }

  /** The script runs for it, which shuts open lists: it waits until nothing was pressed for a while. */
  settle() {
    clearTimeout(this.holding)
    this.holding = setTimeout(() => {
      this.holding = undefined
      this.trigger("at", this.held ?? 0)
    }, SETTLED)
  }

  slide() {
    this.go(neighbour(this.steps, this.steps[Number(this.slider.value)], 0))
  }

  drop() {
    this.dragged = false
    this.paint()
  }

  /**
   * Goes where somebody wants to, who has seen enough of the film.
   * @param {number | null} at
   */
  go(at) {
    moments.choose(at)
    this.stop()
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey, target } = event
    if (ctrlKey || altKey || metaKey || !moments.there || event.defaultPrevented) return
    const place = target instanceof Element ? target : document.body
    if (place !== this.slider && place.closest(OWN_KEYS)) return
    if (key === "Escape" && moments.at !== null && !cursor.at && !document.querySelector(OPENED)) this.go(null)
    else if (key in WAYS && (shiftKey || place === this.slider)) {
      this.go(neighbour(moments.there.steps, moments.at, WAYS[key]))
      event.preventDefault()
    } else return
    event.stopImmediatePropagation() // the page's own arrows make training steps
  }

  /** Shows one moment after the other, each until all of the page shows it, from where one stands or the first. */
  async run() {
    const film = this.film = ++this.films
    moments.play(true)
    let at = moments.at ?? moments.there?.steps[0] ?? null
    while (at !== null) {
      moments.choose(at)
      this.paint()
      await Promise.all([moments.settle(PATIENCE), later(MOMENT)])
      if (film !== this.film) return
      at = moments.at === null ? null : neighbour(moments.there?.steps ?? [], at, 1)
    }
    this.go(null) // it has come to now, or a network began anew
  }

  stop() {
    this.film = 0
    moments.play(false)
    this.paint()
  }

  close() {
    this.film = 0
    clearTimeout(this.holding)
    moments.play(false)
    this.leaving.abort()
    moments.hears.delete(this.hear)
  }
}

/** @param {string} path */
function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path")
  drawn.setAttribute("d", path)
  svg.append(drawn)
  return svg
}
