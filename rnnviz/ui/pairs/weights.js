// All weights of one token as a list: each can be pressed, whatever the picture is too small for.

import { digits } from "../live/numbers.js"
import { element, fill, pressed, typeset } from "../live/text.js"
import { named, weightsOf } from "./reading.js"

/** @import { Place, Reading, Weight, Words } from "./arcs.d.ts" */

export class Weights {
  built = ""
  /** @type {Place | null} */
  kept = null
  /** @type {HTMLElement[]} by step of the other side */
  buttons = []

  /**
   * @param {HTMLElement} place
   * @param {(weight: Weight) => void} choose
   */
  constructor(place, choose) {
    this.place = place
    this.choose = choose
    this.title = element("p")
    this.list = Object.assign(element("div"), { className: "list" })
    this.list.setAttribute("role", "group")
    place.append(this.title, this.list)
  }

  /**
   * @param {Reading} reading
   * @param {Place | null} kept
   * @param {Weight | null} chosen
   * @param {Words} text
   */
  show(reading, kept, chosen, text) {
    const there = kept && reading.weights && kept.at < (kept.side === "target" ? reading.T : reading.S)
    this.place.hidden = !there
    if (!there) return
    const { side, at } = this.kept = kept
    const other = side === "target" ? "source" : "target"
    const values = weightsOf(reading, kept)
    const names = values.map((_, n) => named(reading, { side: other, at: n }))
    const title = side === "target" ? fill(text.weights, { t: at + 1 }) : fill(text.lookers, { s: at + 1 })
    const built = JSON.stringify([title, values.length])
    if (built !== this.built) {
      typeset(this.title, title)
      this.list.setAttribute("aria-label", this.title.textContent ?? "")
      this.buttons = values.map((_, n) => {
        const button = pressed("", () => this.choose(side === "target" ? { t: at, s: n } : { t: n, s: at }))
        button.append(element("span"), element("b"))
        return button
      })
      this.list.replaceChildren(...this.buttons)
    }
    this.built = built
    for (const [n, button] of this.buttons.entries()) {
      const [token, value] = button.children
      if (token.textContent !== names[n]) token.textContent = names[n]
      const written = digits(Number(values[n].toFixed(3)), 3)
      if (value.textContent !== written) value.textContent = written
      button.style.setProperty("--tint", values[n].toFixed(2))
      const [t, s] = side === "target" ? [at, n] : [n, at]
      button.setAttribute("aria-pressed", String(chosen?.t === t && chosen.s === s))
    }
  }
}
