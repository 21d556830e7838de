// What attention does at a time step: its equations, the weight of every source state, and the context they add up to.

import { decimals, digits } from "../live/numbers.js"
import { block, element, fill, line, pressed, typeset } from "../live/text.js"
import { mathematics } from "./equations.js"
import { vector, weights } from "./reading.js"

/** @import { Data, Node, Reading } from "./sent.d.ts" */
/** @import { Network } from "./network.js" */
/** @import { Shown } from "./unrolled.js" */

export class LookView {
  composed = ""

  /**
   * @param {HTMLElement} place
   * @param {() => void} close
   */
  constructor(place, close) {
    this.place = place
    this.close = close
  }

  /** @param {Shown} shown */
  show({ data, network, state, reading }) {
    this.place.hidden = !state.looked
    if (!state.looked) return
    this.compose(data)
    const [title, stand, table] = ["h3", ".stand", ".weights"].map((query) => this.part(query))
    typeset(title, fill(data.text.looked, { t: state.cursor, unit: state.unit + 1 }))
    typeset(stand, reading ? data.text.looked_more : data.text.nothing_inside)
    table.replaceChildren(...(reading ? [weightsTable(data.text, network, reading, state.cursor, state.unit)] : []))
    this.place.dataset.looked = reading ? String(state.cursor) : ""
  }

  /** @param {string} query */
  part(query) {
    return /** @type {HTMLElement} */ (this.place.querySelector(query))
  }

  /**
   * Makes the places of the numbers, and the equations, if they are another network's.
   * @param {Data} data
   */
  compose({ key, text, attention }) {
    if (this.composed === key) return
    this.composed = key
    const header = element("header")
    header.append(element("h3"), pressed(text.close, this.close))
    const equations = attention.filter(({ name }) => ["score", "weight", "context"].includes(name))
    const lines = equations.map(({ does, letters }) => {
      return block("equation", element("small", does), block("scroll", mathematics(letters)))
    })
    const stand = Object.assign(element("p"), { className: "stand" })
    this.place.replaceChildren(header, stand, block("scroll weights"), block("equations", ...lines))
  }
}

/**
 * The source states, each with its weight, and what this brings to one unit of the context, which is their sum.
 * @param {Data["text"]} text
 * @param {Network} network
 * @param {Reading} reading
 * @param {number} step
 * @param {number} unit
 */
function weightsTable(text, network, reading, step, unit) {
  const table = element("table")
  const columns = [text.looked_state, text.looked_weight, "", text.looked_part]
  table.append(line(columns.map((column) => symbols(column)), "th"))
  const top = network.nodes.filter((node) => node.encoder && node.kind === "h" && node.layer === network.layers)
  const states = top.filter(({ direction }) => direction === 0)
  const words = reading.said["source.x"] ?? []
  for (const [i, weight] of weights(reading, step).entries()) {
    const number = vector(reading, states[i])?.[unit] ?? NaN
    const bar = Object.assign(element("i"), { className: "bar" })
    bar.style.width = `${6 * weight}em`
    const name = symbols(`h\u0304_${i + 1} ${words[i] ?? ""}`)
    const part = `${digits(weight, 2)} \u00b7 ${bracketed(number)} = ${decimals(weight * number)}`
    table.append(line([name, digits(weight, 2), bar, part]))
  }
  const context = vector(reading, /** @type {Node} */ ({ kind: "ctx", step, encoder: false }))
  table.append(line([symbols(`ctx_${step}`), text.looked_sum, "", decimals(context?.[unit] ?? NaN)]))
  return table
}

/** @param {number} number */
const bracketed = (number) => (number < 0 ? `(${decimals(number)})` : decimals(number))

/** @param {string} sentence */
function symbols(sentence) {
  const made = element("span")
  typeset(made, sentence)
  return made
}
