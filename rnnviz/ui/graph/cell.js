// The opened cell: its diagram, its equations in letters and numbers, its sums and vectors.

import { counted, decimals } from "../live/numbers.js"
import { block, element, fill, pressed, typeset } from "../live/text.js"
import { diagram } from "./diagram.js"
import { equation } from "./equations.js"
import { sumsTable, valueOf, vectorsTable } from "./sums.js"
import { where } from "./telling.js"

/** @import { Data, Inside, Opened } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

/** A cell, as its equations are found. */
const which = (/** @type {Opened} */ [layer, direction, , , encoder]) =>
  `${encoder ? "encoder-" : ""}${layer}-${direction}`

export class CellView {
  composed = ""

  /**
   * @param {HTMLElement} place
   * @param {object} does
   * @param {() => void} does.close
   * @param {() => void} does.repaint
   */
  constructor(place, { close, repaint }) {
    this.place = place
    this.close = close
    this.repaint = repaint
  }

  /** @param {Shown} shown its numbers may be of the cell that was opened before */
  show({ data, state: { opened }, reading }) {
    this.place.hidden = !opened
    if (!opened) return
    const [layer, direction, step, unit, encoder] = opened
    this.compose(data, opened)
    const cell = { layer: layer + 1, direction, encoder: Boolean(encoder) }
    const words = { where: where(data, cell), t: step + 1, unit: unit + 1 }
    typeset(this.part("h3"), fill(data.text.inside, words))
    const inside = reading?.inside
    const there = inside && String(inside.opened) === String(opened)
    if (inside && !there) return // of the cell before; this one's are on their way
    const stand = there ? fill(data.text.stand, { step: counted(reading.step) }) : data.text.nothing_inside
    typeset(this.part(".stand"), stand)
    this.part(".inside").hidden = !there
    if (there) this.fill(data, inside, opened)
  }

  /**
   * Puts the numbers in.
   * @param {Data} data
   * @param {Inside} inside
   * @param {Opened} opened
   */
  fill(data, inside, opened) {
    const [, , , unit] = opened
    this.place.dataset.opened = String(opened)
    for (const spot of this.place.querySelectorAll("[data-value]")) {
      const { value, after } = /** @type {HTMLElement} */ (spot).dataset
      const text = decimals(valueOf(inside, String(value), unit))
      spot.textContent = after && text.startsWith("\u2212") ? `(${text})` : text
    }
    const names = data.vectors[which(opened)]
    this.unfolded("sums")?.replaceChildren(sumsTable(inside, data.called))
    this.unfolded("vectors")?.replaceChildren(vectorsTable(inside, names))
  }

  /**
   * Where a table stands that somebody looks at.
   * @param {string} name
   */
  unfolded(name) {
    return this.place.querySelector(`.${name}[open] .scroll`)
  }

  /** @param {string} query */
  part(query) {
    return /** @type {HTMLElement} */ (this.place.querySelector(query))
  }

  /**
   * Makes the places of the numbers, if they are another cell's.
   * @param {Data} data
   * @param {Opened} opened
   */
  compose(data, opened) {
    const [layer, direction] = opened
    const name = which(opened)
    if (this.composed === `${name}-${data.key}`) return
    this.composed = `${name}-${data.key}`
    const { text, wiring, cell } = data
    const header = element("header")
    header.append(element("h3"), pressed(text.close, this.close))
    const picture = diagram(wiring, cell, direction ? "t+1" : "t-1", layer ? ["h", "t", `(${layer})`] : ["x", "t", ""])
    const equations = block("equations", ...data.equations[name].map(equation))
    const tables = [this.details("sums", text.sums), this.details("vectors", text.vectors)]
    const stand = Object.assign(element("p"), { className: "stand" })
    this.place.replaceChildren(header, stand, block("inside", block("scroll", picture), equations, ...tables))
    delete this.place.dataset.opened
  }

  /**
   * @param {string} name
   * @param {string} summary
   */
  details(name, summary) {
    const made = Object.assign(element("details"), { className: name })
    made.append(element("summary", summary), block("scroll"))
    made.addEventListener("toggle", () => made.open && this.repaint())
    return made
  }
}
