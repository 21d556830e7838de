// Where everything stands: which time steps a window has room for, and the columns and rows they stand in.

/** @import { Network } from "./network.js" */

const COLUMN = 96 // pixels from one time step to the next
const NARROW = 64 // the least of it, if that shows them all
const SIDE = 58 // pixels beside the first and the last, for the states before them
export const BOX = { width: 70, height: 58 }
export const START = { width: 26, height: 26 }

/** @typedef {ReturnType<typeof plan>} Plan pixels, all of them; x: by time step; gaps: where steps are left out */

/**
 * @param {Network} network
 * @param {number} width
 * @param {number} cursor
 */
export function plan({ steps, rows }, width, cursor) {
  const pitch = rows > 7 ? 82 : 96
  const height = (rows - 1) * pitch + 70
  const columns = inSight(steps, width, cursor)
  const column = Math.min(COLUMN, (width - 2 * SIDE) / Math.max(columns.length - 1, 1))
  const left = (width - (columns.length - 1) * column) / 2
  /** @type {Map<number, number>} */
  const x = new Map()
  columns.forEach((step, i) => step && x.set(step, left + i * column))
  const beyond = Math.min(54, left - START.width / 2 - 1)
  x.set(0, (x.get(1) ?? left) - beyond)
  x.set(steps + 1, (x.get(steps) ?? left) + beyond)
  return {
    width,
    height,
    pitch,
    column,
    x,
    box: Math.min(BOX.width, column - 10),
    gaps: columns.flatMap((step, i) => (step ? [] : [left + i * column])),
    y: (/** @type {number} */ row) => height - 34 - row * pitch,
  }
}

/**
 * The time steps that are shown: all, or the first, a window around the cursor, and the last; null is a gap.
 * @param {number} steps
 * @param {number} width
 * @param {number} cursor
 * @returns {(number | null)[]}
 */
export function inSight(steps, width, cursor) {
  if (steps <= Math.floor((width - 2 * SIDE) / NARROW) + 1) return range(1, steps)
  const places = Math.max(5, Math.floor((width - 2 * SIDE) / COLUMN) + 1)
  if (cursor <= places - 3) return [...range(1, places - 2), null, steps]
  if (cursor > steps - places + 3) return [1, null, ...range(steps - places + 3, steps)]
  const first = cursor - Math.floor((places - 4) / 2)
  return [1, null, ...range(first, first + places - 5), null, steps]
}

/**
 * @param {number} first
 * @param {number} last
 */
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
