// The network as the graph has it: nodes and edges, and the order in which they are computed.

/** @import { Data, Edge, Node } from "./sent.d.ts" */

/** @typedef {ReturnType<typeof network>} Network */

/** @param {Data["graph"]} graph */
export function network(graph) {
  const nodes = graph.nodes.map(([kind, layer, direction, step, row]) => {
    const id = `${kind}-${layer}-${direction}-${step}`
    return /** @type {Node} */ ({ kind, layer, direction, step, row, id })
  })
  const edges = graph.edges.map(([source, target, matrix, layer, direction]) => {
    return /** @type {Edge} */ ({ source: nodes[source], target: nodes[target], matrix, layer, direction })
  })
  const order = nodes.filter(({ kind }) => kind !== "h_0")
  const { steps, layers, directions, rows, middle } = graph
  return { nodes, edges, order, steps, layers, directions, rows, middle }
}

/**
 * What of its layer and direction a node's name says, where there are several.
 * @param {Network} network
 * @param {{ layer: number, direction: number }} place
 */
export function suffix({ layers, directions }, { layer, direction }) {
  const which = layers > 1 && layer ? `(${layer})` : ""
  const arrow = directions > 1 && layer ? (direction ? "\u2190" : "\u2192") : ""
  return which + arrow
}
