// What a frame says of the network: which of its numbers belong to a node, and which gradient flows through an edge.

import { decode, finite, FLOOR, largest, row } from "../live/numbers.js"

/** @import { Edge, GraphFrame, Inside, Node, Reading } from "./sent.d.ts" */
/** @import { Numeric, Packed } from "../live/sent.d.ts" */

/** How many powers of ten the width of an edge tells apart. */
const DECADES = { least: 3, most: 38 }

/**
 * Unpacks a frame's numbers.
 * @param {GraphFrame & { values: Record<string, Packed> }} frame
 * @returns {Reading}
 */
export function read({ step, values: packed, said = {}, inside }) {
  const values = unpacked(packed)
  const scale = Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, largest(finite(data))]))
  scale.h = Math.max(scale.h, 1) // it mostly lies between -1 and 1; not where relu or no function makes it
  return { step, values, said, inside: inside ? opened(inside) : null, scale, range: spectrum(values) }
}

/** @param {Record<string, Packed>} arrays */
function unpacked(arrays) {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, decode(array)]))
}

/**
 * @param {NonNullable<GraphFrame["inside"]>} inside
 * @returns {Inside}
 */
function opened({ opened, ...arrays }) {
  return { opened, arrays: unpacked(arrays) }
}

/**
 * Which of a vector's numbers belong to a node.
 * @param {Reading} reading
 * @param {Node} node
 * @param {string} [name] of the vector, if it is not the node's own
 */
export function vector({ values }, { kind, layer, direction, step }, name = kind) {
  const array = values[name]
  if (!array) return null
  return array.shape.length > 2 ? row(array, layer - 1, direction, step - 1) : row(array, step - 1)
}

/**
 * The norm of the gradient that flows back through an edge.
 * @param {Reading} reading
 * @param {Edge} edge
 */
export function flow({ values }, { source, target, matrix, layer, direction }) {
  const t = target.step - 1
  if (target.kind === "loss") return row(values.output, t)[0]
  if (target.kind === "y") return row(values.readout, source.direction, t)[0]
  const cell = [layer - 1, direction]
  if (source.row === target.row) return row(matrix ? values.before : values.cell, ...cell, t)[0]
  return row(values.input, ...cell, source.kind === "x" ? 0 : source.direction, t)[0]
}

/**
 * The norm of dL/dh_t, through all later steps.
 * @param {Reading} reading
 * @param {Node} node
 */
export function total({ values }, { layer, direction, step }) {
  return row(values.total, layer - 1, direction, step - 1)[0]
}

/**
 * The norm of dL/dy_t or dL/dx_t.
 * @param {Reading} reading
 * @param {Node} node
 */
export function arriving({ values }, { kind, step }) {
  return row(kind === "y" ? values.output : values.inputs, step - 1)[0]
}

/**
 * Whether the answer of a time step has a loss.
 * @param {Reading} reading
 * @param {Node} node
 */
export function marked({ values }, { step }) {
  return !Number.isNaN(row(values.loss, step - 1)[0])
}

/**
 * The largest norm that flows back anywhere, and how many powers of ten lie between it and the smallest.
 * @param {Record<string, Numeric>} values
 */
export function spectrum({ output, readout, input, before, cell }) {
  const norms = [output, readout, input, before, cell].flatMap((array) => (array ? finite(array.data) : []))
  const alive = norms.filter((norm) => norm >= FLOOR)
  const most = largest(alive)
  const least = alive.reduce((a, b) => Math.min(a, b), most)
  const decades = Math.ceil(Math.log10(most / least)) || 0
  return { largest: most, decades: Math.min(Math.max(decades, DECADES.least), DECADES.most) }
}

/**
 * Where a norm lies in that range, from 0, the smallest, to 1.
 * @param {number} norm
 * @param {Reading["range"]} range
 */
export function share(norm, { largest, decades }) {
  if (norm < FLOOR) return 0
  return Math.min(Math.max(1 + Math.log10(norm / largest) / decades, 0), 1)
}
