// The numbers inside a cell as tables: the sums of one unit term by term, and whole vectors.

import { decimals } from "../live/numbers.js"
import { element, line } from "../live/text.js"
import { mathematics } from "./equations.js"

/** @import { Data, Inside } from "./sent.d.ts" */
/** @import { Numeric } from "../live/sent.d.ts" */

/** Weights of the chosen unit: how their names begin, what they weigh, and what their matrix is called. */
const WEIGHTS = [["weights_x.", "x", "i"], ["weights_h.", "h_before", "h"]]
const PLACES = 6

/**
 * The sums behind W_ih x_t and W_hh h_(t-1) of the chosen unit, term by term.
 * @param {Inside} inside
 * @param {Data["called"]} called
 */
export function sumsTable({ arrays }, called) {
  const table = element("table")
  for (const [kind, from, letter] of WEIGHTS) {
    for (const [name, { data }] of Object.entries(arrays).filter(([name]) => name.startsWith(kind))) {
      const block = name.slice(kind.length)
      const title = element("span", "W")
      title.append(element("sub", letter + (called[block] ?? block)))
      table.append(line([title, sum(data, arrays[from].data)]))
    }
  }
  return table
}

/**
 * @param {Numeric["data"]} weights
 * @param {Numeric["data"]} numbers
 */
function sum(weights, numbers) {
  const pairs = Array.from(weights, (weight, i) => [weight, numbers[i]])
  const total = pairs.reduce((all, [weight, number]) => all + weight * number, 0)
  const terms = pairs.map(([weight, number], i) => `${bracketed(weight, i)} \u00b7 ${bracketed(number, 1)}`)
  return `${terms.join(" + ")} = ${decimals(total, PLACES)}`
}

/**
 * A negative number in brackets, unless it stands first.
 * @param {number} value
 * @param {number} position
 */
function bracketed(value, position) {
  const text = decimals(value, PLACES)
  return position && text.startsWith("\u2212") ? `(${text})` : text
}

/**
 * @param {Inside} inside
 * @param {[name: string, mathematics: string][]} names
 */
export function vectorsTable(inside, names) {
  const table = element("table")
  for (const [name, math] of names) {
    table.append(line([mathematics(math), ...Array.from(valuesOf(inside, name), (value) => decimals(value))]))
  }
  return table
}

/**
 * One number by the name of its place; an input of several features has none.
 * @param {Inside} inside
 * @param {string} name
 * @param {number} unit
 */
export function valueOf(inside, name, unit) {
  const data = valuesOf(inside, name)
  if (name !== "x") return data[unit]
  return data.length === 1 ? data[0] : NaN
}

/**
 * @param {Inside} inside
 * @param {string} name
 */
const valuesOf = ({ arrays }, name) => (arrays[name] ?? arrays[`values.${name}`]).data
