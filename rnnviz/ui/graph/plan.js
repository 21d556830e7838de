// Where everything stands: which time steps a window has room for, and the columns and rows they stand in.

import { part } from "./network.js"

/** @import { Network } from "./network.js" */
/** @import { State } from "./state.js" */

const COLUMN = 96 // pixels from one time step to the next
const NARROW = 64 // the least of it, if that shows them all
const SIDE = 58 // pixels beside the first and the last, for the states before them
/** Of two parts: from one step to the next where some are left out, the least of it, and how far apart the parts are. */
const TWO = { column: 52, narrow: 46, between: 92 }
const FOLDED = 7 // time steps of each, so that the cursor's neighbours are among them
const LANE = 48 // pixels for the edges of attention, between the cells and the contexts
export const BOX = { width: 70, height: 58 }
export const START = { width: 26, height: 26 }

/**
 * @typedef {ReturnType<typeof plan>} Plan pixels, all of them. pitch: from row to row; box, tall: a node's width and
 *   height; widest: of the edges; bare: without texts at the edges; x: where a node stands; gaps: where steps are left out
 */

/**
 * @param {Network} network
 * @param {number} width
 * @param {Seen} state
 */
export function plan(network, width, state) {
  const { rows } = network
  const pitch = rows > 7 ? 82 : 96
  const lane = network.attends ? LANE : 0
  const cells = Math.max(...network.middle, ...part(network, { encoder: true }).middle)
  const height = (rows - 1) * pitch + 70 + lane
  const { column, ...across } = network.source ? ofTwo(network, width, state) : ofOne(network, width, state)
  return {
    width,
    height,
    pitch,
    column,
    box: Math.min(BOX.width, column - 10),
    tall: BOX.height,
    widest: 9,
    bare: false,
    y: (/** @type {number} */ row) => height - 34 - row * pitch - (row > cells ? lane : 0),
    ...across,
  }
}

/** @typedef {Pick<State, "cursor" | "source" | "folded" | "space">} Seen */

/**
 * @typedef {object} Across
 * @property {number} column from one step to the next
 * @property {(node: { step: number, encoder: boolean }) => number | undefined} x
 * @property {{ x: number, middle: number[] }[]} gaps with the rows of the cells that are left out
 * @property {(node: { encoder: boolean }, space: number) => number} middle where all steps of a part stand when folded
 */

/**
 * @param {Network} network
 * @param {number} width
 * @param {Pick<State, "cursor">} state
 * @returns {Across}
 */
function ofOne(network, width, { cursor }) {
  const columns = inSight(network.steps, width, cursor)
  const column = Math.min(COLUMN, (width - 2 * SIDE) / Math.max(columns.length - 1, 1))
  const left = (width - (columns.length - 1) * column) / 2
  const beyond = Math.min(54, left - START.width / 2 - 1)
  const placed = spread(columns, network.steps, left, column, beyond)
  return {
    column,
    x: ({ step }) => placed.get(step),
    gaps: gaps(columns, left, column, network.middle),
    middle: () => width / 2,
  }
}

/** What there is between the first and the last step of two parts, but for what is between the parts. */
const room = (/** @type {number} */ width) => width - 2 * Math.min(SIDE, width / 8) - TWO.between

/**
 * An encoder, and what is beside it on the right.
 * @param {Network} network
 * @param {number} width
 * @param {Seen} state
 * @returns {Across}
 */
function ofTwo(network, width, state) {
  const { steps: S } = part(network, { encoder: true })
  const [sources, targets] = bothInSight(S, network.steps, width, state)
  const inner = sources.length + targets.length - 2
  const folded = state.folded || state.space
  const column = folded ? COLUMN : Math.min(COLUMN, room(width) / Math.max(inner, 1))
  const left = (width - inner * column - TWO.between) / 2
  const right = left + (sources.length - 1) * column + TWO.between
  const beyond = Math.min(TWO.between / 2, left - START.width / 2 - 1)
  const source = spread(sources, S, left, column, beyond)
  const target = spread(targets, network.steps, right, column, 0)
  const middles = [width * 0.7, width * 0.3]
  return {
    column,
    x: ({ step, encoder }) => (encoder ? source : target).get(step),
    gaps: [
      ...gaps(sources, left, column, part(network, { encoder: true }).middle),
      ...gaps(targets, right, column, network.middle),
    ],
    middle: ({ encoder }, space) => (space ? width / 2 : middles[Number(encoder)]),
  }
}

/**
 * Where the steps stand, and the states before the first and after the last.
 * @param {(number | null)[]} columns
 * @param {number} steps
 * @param {number} left
 * @param {number} column
 * @param {number} beyond
 */
function spread(columns, steps, left, column, beyond) {
  /** @type {Map<number, number>} */
  const x = new Map()
  columns.forEach((step, i) => step && x.set(step, left + i * column))
  x.set(0, (x.get(1) ?? left) - beyond)
  x.set(steps + 1, (x.get(steps) ?? left) + beyond)
  return x
}

/**
 * @param {(number | null)[]} columns
 * @param {number} left
 * @param {number} column
 * @param {number[]} middle
 */
const gaps = (columns, left, column, middle) =>
  columns.flatMap((step, i) => (step ? [] : [{ x: left + i * column, middle }]))

/**
 * The time steps that are shown: all, or the first, a window around the cursor, and the last; null is a gap.
 * @param {number} steps
 * @param {number} width
 * @param {number} cursor
 * @returns {(number | null)[]}
 */
export function inSight(steps, width, cursor) {
  if (steps <= Math.floor((width - 2 * SIDE) / NARROW) + 1) return range(1, steps)
  return some(steps, Math.max(5, Math.floor((width - 2 * SIDE) / COLUMN) + 1), cursor)
}

/**
 * The same of two parts, which share the width; where there is little, each shows the step at which they meet, and its
 * own cursor's.
 * @param {number} S
 * @param {number} T
 * @param {number} width
 * @param {Seen} state
 */
export function bothInSight(S, T, width, { cursor, source, folded, space }) {
  if (folded || space) return [few(S, FOLDED, source, S), few(T, FOLDED, cursor, 1)]
  if (S + T - 2 <= Math.floor(room(width) / TWO.narrow)) return [range(1, S), range(1, T)]
  const places = Math.max(6, Math.floor(room(width) / TWO.column) + 2)
  const half = Math.floor(places / 2)
  const left = Math.min(S, Math.max(half, places - T))
  return [few(S, left, source, S), few(T, places - left, cursor, 1)]
}

/**
 * @param {number} steps
 * @param {number} places
 * @param {number} cursor
 * @param {number} kept the step that is shown at any rate
 */
function few(steps, places, cursor, kept) {
  if (steps <= places) return range(1, steps)
  if (places >= 5) return some(steps, places, cursor)
  if (Math.abs(cursor - kept) < places) return kept === 1 ? range(1, places) : range(steps - places + 1, steps)
  return kept === 1 ? [1, null, cursor] : [cursor, null, steps]
}

/**
 * @param {number} steps
 * @param {number} places at least 5
 * @param {number} cursor
 * @returns {(number | null)[]}
 */
function some(steps, places, cursor) {
  if (cursor <= places - 3) return [...range(1, places - 2), null, steps]
  if (cursor > steps - places + 3) return [1, null, ...range(steps - places + 3, steps)]
  const first = cursor - Math.floor((places - 4) / 2)
  return [1, null, ...range(first, first + places - 5), null, steps]
}

/**
 * @param {number} first
 * @param {number} last
 * @returns {(number | null)[]}
 */
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
