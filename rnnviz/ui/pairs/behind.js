// The sums behind one weight, as equations with their numbers: see behind.py.

import { equation } from "../graph/equations.js"
import { digits } from "../live/numbers.js"

/** @import { Numeric } from "../live/sent.d.ts" */
/** @import { ArcsData, Sums } from "./arcs.d.ts" */

const SAME = 1e-4 // what a weight may differ by from the softmax in another precision, and from one that is touched

export class Behind {
  /** @type {Map<string, HTMLElement>} by name */
  lines = new Map()

  /**
   * @param {HTMLElement} place
   * @param {ArcsData["equations"]} equations
   */
  constructor(place, equations) {
    for (const one of equations) this.lines.set(one.name, equation(one))
    place.replaceChildren(...this.lines.values())
  }

  /** @param {Sums} sums */
  show(sums) {
    const found = numbers(sums)
    for (const line of this.lines.values()) {
      for (const spot of line.querySelectorAll("[data-value]")) {
        const text = found[/** @type {MathMLElement} */ (spot).dataset.value ?? ""]
        if (spot.textContent !== text) spot.textContent = text
      }
    }
    const touched = this.lines.get("touched")
    if (touched) touched.hidden = found.touched === ""
  }
}

/**
 * What stands at each place of the equations.
 * @param {Sums} sums
 * @returns {Record<string, string>}
 */
export function numbers({ at, products, query, key, scores, weights, context }) {
  const [e, taken] = [values(scores), values(weights)]
  const largest = Math.max(...e)
  const exponentials = e.map((score) => Math.exp(score - largest))
  const weight = exponentials[at] / exponentials.reduce((sum, part) => sum + part, 0)
  return {
    query: vector(values(query)),
    key: vector(values(key)),
    products: added(values(products).map((value) => digits(value, 3))),
    score: digits(e[at], 4),
    exponentials: added(e.map((score) => `exp(${digits(score, 3)})`)),
    weight: digits(weight, 4),
    touched: Math.abs(weight - taken[at]) > SAME ? digits(taken[at], 4) : "",
    weighted: added(taken.map((value, s) => `${digits(value, 3)}\u00b7h\u0304${below(s + 1)}`)),
    context: vector(values(context)),
  }
}

/** @param {Numeric} array */
const values = ({ data }) => [...data]

/** @param {number[]} numbers */
const vector = (numbers) => `(${numbers.map((value) => digits(value, 3)).join(", ")})`

/** @param {string[]} terms */
const added = (terms) => terms.map((term, n) => (n && term.startsWith("\u2212") ? `(${term})` : term)).join(" + ")

/**
 * A number as it stands below the line.
 * @param {number} number
 */
const below = (number) => [...String(number)].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join("")
