// What a frame says of the network: which of its numbers belong to a node, and which gradient flows through an edge.

import { finite, FLOOR, largest, row } from "../live/numbers.js"

/** @import { Network } from "./network.js" */
/** @import { Edge, GraphFrame, Inside, Node, Reading } from "./sent.d.ts" */
/** @import { Numeric } from "../live/sent.d.ts" */

/** How many powers of ten the width of an edge tells apart. */
const DECADES = { least: 3, most: 38 }
/** The norms that flow back, but for those through single weights of attention, of which most are next to nothing. */
const FLOWS = [
  ...["output", "readout", "input", "before", "cell", "source.input", "source.before", "source.cell"],
  ...["attention.query", "attention.readout", "attention.input"],
]

/**
 * @param {Pick<GraphFrame, "step" | "said" | "inside"> & { values: Record<string, Numeric> }} frame
 * @returns {Reading}
 */
export function read({ step, values, said = {}, inside }) {
  const scale = Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, largest(finite(data))]))
  for (const name of ["h", "source.h", "ctx"]) {
    if (name in scale) scale[name] = Math.max(scale[name], 1) // mostly between -1 and 1; not where relu makes it
  }
  return { step, values, said, inside: inside ? opened(inside) : null, scale, range: spectrum(values) }
}

/**
 * @param {NonNullable<GraphFrame["inside"]>} inside
 * @returns {Inside}
 */
function opened({ opened, ...arrays }) {
  return { opened, arrays }
}

/**
 * The name of a node's values, or of others that are as many.
 * @param {{ kind: string, encoder: boolean }} node
 * @param {string} [name]
 */
export const valued = ({ kind, encoder }, name = kind) => (encoder ? `source.${name}` : name)

/**
 * Which of a vector's numbers belong to a node.
 * @param {Reading} reading
 * @param {Node} node
 * @param {string} [name] of the vector, if it is not the node's own
 */
export function vector({ values }, node, name) {
  const { layer, direction, step } = node
  const array = values[valued(node, name)]
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
  if (matrix === "a_ts") return row(values["attention.states"], source.direction, t, source.step - 1)[0]
  if (matrix === "query") return row(values["attention.query"], t)[0]
  if (source.kind === "ctx") return row(values[`attention.${target.kind === "y" ? "readout" : "input"}`], t)[0]
  if (target.kind === "loss") return row(values.output, t)[0]
  if (target.kind === "y") return row(values.readout, source.direction, t)[0]
  const cell = [layer - 1, direction]
  if (source.row === target.row) return row(values[valued(target, matrix ? "before" : "cell")], ...cell, t)[0]
  return row(values[valued(target, "input")], ...cell, source.kind === "x" ? 0 : source.direction, t)[0]
}

/**
 * The weight with which a source state goes into a context.
 * @param {Reading} reading
 * @param {Edge} edge
 */
export const weight = ({ values }, { source, target }) => row(values.a_ts, target.step - 1, source.step - 1)[0]

/**
 * The weights of a time step, by the source's steps.
 * @param {Reading} reading
 * @param {number} step
 */
export const weights = ({ values }, step) => (values.a_ts ? [...row(values.a_ts, step - 1)] : [])

/**
 * The norm of dL/dh_t, through all later steps.
 * @param {Reading} reading
 * @param {Node} node
 */
export function total({ values }, node) {
  return row(values[valued(node, "total")], node.layer - 1, node.direction, node.step - 1)[0]
}

/**
 * The norm of dL/dy_t, dL/dx_t or dL/dctx_t.
 * @param {Reading} reading
 * @param {Node} node
 */
export function arriving({ values }, node) {
  const name = { y: "output", ctx: "attention.context" }[String(node.kind)] ?? valued(node, "inputs")
  return row(values[name], node.step - 1)[0]
}

/**
 * The norms of what comes back to a state of the encoder by the ways between the parts: from all looks at it, and by
 * being handed over; nothing where there is no such way.
 * @param {Reading} reading
 * @param {Node} node
 * @param {Network} network
 */
export function crossing({ values }, { layer, direction, step }, { layers, source }) {
  return {
    attended: values.a_ts && layer === layers ? row(values["source.readout"], direction, step - 1)[0] : null,
    handed: step === source?.steps && direction === 0 ? row(values.before, layer - 1, 0, 0)[0] : null,
  }
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
export function spectrum(values) {
  const norms = FLOWS.flatMap((name) => (values[name] ? finite(values[name].data) : []))
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
