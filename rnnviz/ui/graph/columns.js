// Where everything stands on the score's top stave: a column for each time step, above those of the pictures below.

/** @import { Network } from "./network.js" */
/** @import { Plan } from "./plan.js" */
/** @import { State } from "./state.js" */

const APART = 14 // pixels of a column that has room for a node and for an edge to the next
const BOX = { share: 0.62, most: 70 } // of a column, and pixels
const BETWEEN = { share: 0.4, least: 5, most: 22 } // two rows: of their pitch, and pixels
const WIDEST = { least: 3, most: 8 }

/** @typedef {{ left: number, across: number }} Columns pixels on the left of the first column, and of all of them */

/**
 * Where the columns are narrow, the nodes of the marked one alone are drawn; what the others hold is a strip.
 * @param {Network} network
 * @param {{ width: number, height: number }} size
 * @param {Columns} columns
 * @param {Pick<State, "cursor">} state
 * @returns {Plan & { apart: boolean, between: number }} apart: whether nodes stand apart; between: pixels between rows
 */
export function columns(network, { width, height }, { left, across }, { cursor }) {
  const column = across / network.steps
  const pitch = height / (network.rows - 1) // the losses, on top, are left out
  const between = Math.min(Math.max(pitch * BETWEEN.share, BETWEEN.least), BETWEEN.most)
  const apart = column >= APART
  return {
    ...{ width, height, pitch, column, apart, between, gaps: [], bare: true },
    box: apart ? Math.min(column * BOX.share, BOX.most) : column,
    tall: pitch - between,
    widest: Math.min(Math.max(between * 0.7, WIDEST.least), WIDEST.most),
    x: ({ step }) => (apart || step === cursor ? left + (step - 0.5) * column : undefined),
    y: (row) => height - (row + 0.5) * pitch,
    middle: () => 0,
  }
}

/**
 * The time step of a place, from 1; it may be one there is not.
 * @param {number} x
 * @param {Columns} columns
 * @param {number} steps
 */
export const stepAt = (x, { left, across }, steps) => Math.floor(((x - left) / across) * steps) + 1
