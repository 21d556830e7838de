// The network as the graph has it: nodes and edges, and the order in which they are computed.

/** @import { Data, Edge, Node, Opened, Part } from "./sent.d.ts" */

/** @typedef {ReturnType<typeof network>} Network */

/** @param {Data["graph"]} graph */
export function network(graph) {
  const nodes = graph.nodes.map(([kind, layer, direction, step, row, encoder]) => {
    const id = `${kind}-${layer}-${direction}-${step}${encoder ? "-source" : ""}`
    return /** @type {Node} */ ({ kind, layer, direction, step, row, id, encoder: Boolean(encoder) })
  })
  const taken = new Set(nodes.map(place))
  const edges = graph.edges.map(([from, to, matrix, layer, direction]) => {
    const [source, target] = [nodes[from], nodes[to]]
    return /** @type {Edge} */ ({ source, target, matrix, layer, direction, around: between(source, target, taken) })
  })
  const order = nodes.filter(({ kind }) => kind !== "h_0")
  const { steps, layers, directions, rows, middle, source = null } = graph
  const attends = nodes.some(({ kind }) => kind === "ctx")
  return { nodes, edges, order, steps, layers, directions, rows, middle, source, attends }
}

const place = (/** @type {Pick<Node, "encoder" | "step" | "row">} */ { encoder, step, row }) =>
  `${encoder}-${step}-${row}`

/**
 * Whether a node stands between two of one column.
 * @param {Node} a
 * @param {Node} b
 * @param {Set<string>} taken
 */
function between(a, b, taken) {
  if (a.encoder !== b.encoder || a.step !== b.step) return false
  const [low, high] = [Math.min(a.row, b.row), Math.max(a.row, b.row)]
  for (let row = low + 1; row < high; row++) if (taken.has(place({ ...a, row }))) return true
  return false
}

/**
 * The part of the network that a node belongs to.
 * @param {Network} network
 * @param {{ encoder: boolean }} node
 * @returns {Part}
 */
export const part = (network, { encoder }) => (encoder && network.source ? network.source : network)

/** Whether an edge hands over the encoder's last state. */
export const handed = (/** @type {Edge} */ { source, target }) =>
  source.encoder && !target.encoder && target.kind === "h"

/**
 * What of its layer and direction a node's name says, where there are several.
 * @param {Network} network
 * @param {{ layer: number, direction: number, encoder: boolean }} place
 */
export function suffix(network, { layer, direction, encoder }) {
  const which = network.layers > 1 && layer ? `(${layer})` : ""
  const arrow = part(network, { encoder }).directions > 1 && layer ? (direction ? "\u2190" : "\u2192") : ""
  return which + arrow
}

/**
 * The cell that a node belongs to: an input's is the first layer's, an answer's the last one's.
 * @param {Network} network
 * @param {Node} node
 * @param {number} unit
 * @returns {Opened}
 */
export function cellOf(network, { kind, layer, direction, step, encoder }, unit) {
  const of = layer || (kind === "x" ? 1 : network.layers)
  const at = Math.min(Math.max(step, 1), part(network, { encoder }).steps)
  return encoder ? [of - 1, direction, at - 1, unit, 1] : [of - 1, direction, at - 1, unit]
}
