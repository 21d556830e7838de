// The keyboard's way through the unrolled graph: one of its nodes is a tab stop, and arrows lead from node to node.

import { here } from "./state.js"

/** @import { Place } from "./nodes.js" */
/** @import { Node } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

export class Walk {
  last = "" // the node that had the focus

  /**
   * @param {Shown} shown
   * @param {Map<string, Place>} places
   * @param {(step: number, encoder: boolean) => void} go shows a time step that was left out or folded away
   */
  constructor(shown, places, go) {
    this.shown = shown
    this.places = places
    this.show = go
  }

  /**
   * Moves the focus to where a key leads from a node; says whether it is a key that leads anywhere.
   * @param {Node} from
   * @param {string} key
   */
  go(from, key) {
    const way = WAYS[key]
    if (!way) return false
    const node = way(this.shown.network.nodes, from)
    if (!node) return true
    const { state } = this.shown
    const away = !here(state, node) || (state.space && node.encoder !== state.encoder)
    if (!this.places.has(node.id) || ((state.folded || state.space) && away)) this.show(node.step, node.encoder)
    this.places.get(node.id)?.group.focus()
    return true
  }

  /**
   * A node has the focus: it is the graph's tab stop from now on.
   * @param {Node} node
   */
  come(node) {
    this.last = node.id
    this.wait()
  }

  /** Lets one node wait for the focus: the last that had it, or the state at the time step that is marked. */
  wait() {
    const id = this.places.has(this.last) ? this.last : `h-1-0-${this.shown.state.cursor}`
    for (const [name, { group }] of this.places) group.setAttribute("tabindex", name === id ? "0" : "-1")
  }
}

/** @typedef {(nodes: Node[], from: Node) => Node | undefined} Way */

/**
 * Where each key leads: in the row to the step before or after, or to the first or last; up and down in the column.
 * @type {Record<string, Way>}
 */
export const WAYS = {
  ArrowLeft: (nodes, from) => row(nodes, from).findLast((node) => order(node, from) < 0),
  ArrowRight: (nodes, from) => row(nodes, from).find((node) => order(node, from) > 0),
  ArrowUp: (nodes, from) => column(nodes, from).find(({ row }) => row > from.row),
  ArrowDown: (nodes, from) => column(nodes, from).findLast(({ row }) => row < from.row),
  Home: (nodes, from) => row(nodes, from).at(0),
  End: (nodes, from) => row(nodes, from).at(-1),
}

/**
 * An encoder stands before what begins in its state.
 * @param {Node} a
 * @param {Node} b
 */
const order = (a, b) => Number(b.encoder) - Number(a.encoder) || a.step - b.step

/** @type {(nodes: Node[], from: Node) => Node[]} */
const row = (nodes, from) => nodes.filter((node) => node.row === from.row).sort(order)

/** @type {(nodes: Node[], from: Node) => Node[]} */
const column = (nodes, { encoder, step }) =>
  nodes.filter((node) => node.encoder === encoder && node.step === step).sort((a, b) => a.row - b.row)
