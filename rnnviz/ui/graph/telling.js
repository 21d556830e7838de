// What is said of the graph: a node's number in short and spelt out, and the sentence of a point of the sweep.

import { digits, FLOOR } from "../live/numbers.js"
import { fill } from "../live/text.js"
import { part } from "./network.js"
import { index, letter, secondState } from "./nodes.js"
import { arriving, crossing, marked, total, valued, vector, weights } from "./reading.js"

/** @import { Data, Node, Reading } from "./sent.d.ts" */
/** @import { Numbers } from "../live/sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

const LETTER = 7.5 // pixels of a letter in a box
const FIGURE = 4.6 // pixels of a figure, a sign, a point or a space in a box, about
const MOST = 3 // weights of attention that are told
const WIDE = 66 // pixels of a box that has room for three digits of a number that is small and negative

/**
 * Whether a box of so many pixels has room for numbers.
 * @param {string} numbers
 * @param {number} box
 */
export const fits = (numbers, box) => numbers.length * FIGURE <= box

/**
 * What stands in a node's box.
 * @param {Shown} shown
 * @param {Node} node
 * @param {Numbers} numbers
 */
export function brief({ data, plan, reading, state }, node, numbers) {
  const second = node.kind === "h" && secondState(data)
  const beside = reading && second && vector(reading, node, second)
  if (beside) {
    const both = [numbers, beside].map((vector) => digits(vector[state.unit], 2)).join(" | ")
    if (fits(both, plan.box)) return both
  }
  const spelling = word(reading, node)
  if (spelling !== null) return cut(spelling, Math.floor(plan.box / LETTER))
  const places = plan.box > WIDE ? 3 : 2
  if (node.kind === "h" || node.kind === "ctx") return digits(numbers[state.unit] ?? NaN, places)
  return numbers.length === 1 ? digits(numbers[0], places) : ""
}

/**
 * What is read or said, where that is a word, "" where there is none; null where it is numbers.
 * @param {Reading | null} reading
 * @param {Node} node
 */
export function word(reading, node) {
  const words = reading?.said[valued(node)]
  return words ? (words[node.step - 1] ?? "") : null
}

const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join("")}\u2026` : text

/**
 * What a node holds, spelt out: its word, the chosen unit's number, or all its numbers.
 * @param {Shown} shown
 * @param {Node} node
 * @param {Numbers} numbers
 */
function spelt({ data, state, reading }, node, numbers) {
  if (node.kind === "h") return digits(numbers[state.unit], 4)
  if (node.kind === "ctx" && reading) return looked(reading, node.step, data.text)
  const spelling = word(reading, node)
  if (spelling !== null) return spelling || data.text.no_word
  return Array.from(numbers, (number) => digits(number, 4)).join(", ")
}

/**
 * The largest weights of a time step, and the source states that have them.
 * @param {Reading} reading
 * @param {number} step
 * @param {Data["text"]} text
 */
function looked(reading, step, text) {
  const largest = weights(reading, step).map((weight, i) => ({ weight, state: `h\u0304_${i + 1}` }))
  largest.sort((a, b) => b.weight - a.weight)
  const said = largest.slice(0, MOST).map(({ state, weight }) =>
    fill(text.weighted, { state, weight: digits(weight, 2) })
  )
  return said.reduce((things, next) => fill(text.listed, { things, next }))
}

/**
 * One sentence: what is computed at this point of a sweep, and what came out; without a sweep, what the view shows.
 * @param {Shown} shown
 * @param {Node | null} node
 */
export function tale(shown, node) {
  const { data: { text, example }, reading, state: { direction, space, folded } } = shown
  if (example) return text.example
  if (!node || !reading) return text[space ? "space" : folded ? "folded" : "time"]
  return direction === "forward" ? computed(shown, reading, node) : returned(shown, reading, node)
}

/**
 * @param {Shown} shown
 * @param {Reading} reading
 * @param {Node} node
 */
function computed(shown, reading, node) {
  const numbers = vector(reading, node)
  const first = shown.network.source && !node.encoder && node.kind === "h" && node.step === 1
  return fill(shown.data.text.forward[first ? "first" : node.kind], {
    name: named(shown, node),
    t: node.step,
    before: node.direction ? node.step + 1 : node.step - 1,
    unit: shown.state.unit + 1,
    value: numbers ? spelt(shown, node, numbers) : "",
  })
}

/**
 * @param {Shown} shown
 * @param {Reading} reading
 * @param {Node} node
 */
function returned(shown, reading, node) {
  const { backward } = shown.data.text
  const name = named(shown, node, "dL/d")
  const says = (/** @type {string} */ kind, /** @type {number} */ norm) =>
    fill(backward[kind], { name, t: node.step, norm: digits(norm, 3) })
  if (node.kind === "h") {
    const norm = total(reading, node)
    const ways = node.encoder ? Object.entries(crossing(reading, node, shown.network)) : []
    const parts = ways.flatMap(([way, part]) => (part === null ? [] : [says(way, part)]))
    return [says(norm >= FLOOR ? "h" : "dead", norm), ...parts].reduce((sentence, following) =>
      fill(shown.data.text.joined, { sentence, following })
    )
  }
  if (node.kind === "loss") return says("loss", 1 / shown.network.order.filter(({ kind }) => kind === "loss").length)
  return says(node.kind === "y" && !marked(reading, node) ? "unmarked" : node.kind, arriving(reading, node))
}

/**
 * @param {Shown} shown
 * @param {Node} node
 * @param {string} of what its symbol begins with
 */
function named({ data, network }, node, of = "") {
  const several = node.kind === "h" && network.layers * part(network, node).directions > 1
  const name = `${of}${letter({ data, network }, node)}_${index({ network }, node, true)}`
  return several ? fill(data.text.of_cell, { name, where: where(data, node) }) : name
}

/**
 * The layer of a cell, counted from 1, and its direction where there are two.
 * @param {Data} data
 * @param {{ layer: number, direction: number, encoder: boolean }} cell
 */
export function where({ text }, { layer, direction, encoder }) {
  return fill((encoder ? text.encoded : text.where)[direction], { layer })
}
