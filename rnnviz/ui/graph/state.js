// What of the graph is shown, and how: all that a visitor changes by hand, in one plain object.

/** @import { Data, Opened } from "./sent.d.ts" */

/**
 * @typedef {object} State
 * @property {boolean} folded whether all copies of the cell stand in one place
 * @property {boolean} space whether a copy's units are shown as the layers of a network
 * @property {boolean} shapes whether shapes stand at the edges, and below in a table
 * @property {number} cursor the time step around which the window is, from 1
 * @property {number} source the same of an encoder's steps, where there is one
 * @property {boolean} encoder whether that was chosen last
 * @property {number} unit the one whose number is written, from 0
 * @property {Opened | null} opened the cell that is looked into
 * @property {boolean} looked whether the attention of the time step is looked into
 * @property {"forward" | "backward"} direction of the sweep
 * @property {number} position to which node the sweep has come, -1: there is none
 * @property {boolean} playing whether it goes on by itself
 */

/**
 * How a page begins.
 * @returns {State}
 */
export function begin() {
  return {
    folded: false,
    space: false,
    shapes: false,
    cursor: 1,
    source: 1,
    encoder: false,
    unit: 0,
    opened: null,
    looked: false,
    direction: "forward",
    position: -1,
    playing: false,
  }
}

/**
 * Keeps of it what there is in another network.
 * @param {State} state
 * @param {Data} data
 */
export function fit(state, { graph, units, example, attention }) {
  state.shapes ||= example
  state.cursor = Math.min(state.cursor, graph.steps)
  state.source = Math.min(state.source, graph.source?.steps ?? 1)
  state.encoder &&= Boolean(graph.source)
  state.unit = Math.min(state.unit, units.h - 1)
  state.position = -1
  state.looked &&= attention.length > 0 && !example
  if (!state.opened) return
  const [layer, direction, step, unit, ...encoder] = state.opened
  const part = encoder.length ? graph.source : graph
  const there = part && layer < graph.layers && direction < part.directions && step < part.steps && !example
  state.opened = there ? [layer, direction, step, Math.min(unit, units.h - 1), ...encoder] : null
}

/**
 * Whether a node stands at the step its part is shown at.
 * @param {State} state
 * @param {{ step: number, encoder: boolean }} node
 */
export const here = (state, { step, encoder }) => step === (encoder ? state.source : state.cursor)

/**
 * How many views away from the unrolled one: fold 1 is one column, space 1 is units.
 * @param {State} state
 */
export function mixture({ folded, space }) {
  return { fold: Number(folded || space), space: Number(space) }
}
