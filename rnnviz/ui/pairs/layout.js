// Where everything stands in the picture of both parts, and which arc is at a point of it.

/** @import { Sizes, Weight } from "./arcs.d.ts" */

const LARGEST = 26 // a box
export const THICK = 12 // pixels of an arc whose weight is 1
/** The smallest weight that is drawn, and the smallest whose end can be taken in the picture. */
export const LEAST = 0.005
export const TAKEN = 0.02
const LETTER = 8.6
const BETWEEN = 7
const NARROWEST = 26
const WIDER = 34 // pixels that a column gets at the most where there is room
const LEFT = 72 // for the rows' names, and the state that is handed over
const RIGHT = 36
const NEAR = 8 // pixels from an arc at which it is meant

/**
 * The picture's rows and columns, in pixels: `source` and `target` are each step's place, `y` that of each row.
 * @param {Sizes} sizes
 */
export function layout({ sources, steps, letters, room, looks, touched }) {
  const space = room - LEFT - RIGHT
  const source = columns(sources, space), target = columns(Array(steps).fill(letters), space)
  const inside = Math.max(source.width, target.width)
  const top = touched ? 22 : 0
  const written = top + 36
  const state = written + 34
  const read = state + 40
  const context = read + 18
  const key = looks ? context + 190 : read + 110
  return {
    source: source.columns.map(({ x, width }) => ({ x: LEFT + (inside - source.width) / 2 + x, width })),
    target: target.columns.map(({ x, width }) => ({ x: LEFT + (inside - target.width) / 2 + x, width })),
    box: Math.min(LARGEST, target.narrowest - 8, source.narrowest - 8),
    width: LEFT + inside + RIGHT,
    height: key + 62,
    y: { untouched: top - 6, mark: top + 14, written, state, read, context, key, token: key + 48 },
  }
}

/**
 * Columns side by side, by how many letters each has to hold.
 * @param {number[]} letters
 * @param {number} space
 */
function columns(letters, space) {
  const needed = letters.map((count) => Math.max(NARROWEST, count * LETTER + BETWEEN))
  const left = space - needed.reduce((sum, width) => sum + width, 0)
  const more = Math.min(WIDER, Math.max(0, left / needed.length)) || 0
  let end = 0
  const columns = needed.map((least) => {
    const width = least + more
    end += width
    return { x: end - width / 2, width }
  })
  return { columns, width: end, narrowest: Math.min(WIDER, ...columns.map(({ width }) => width)) }
}

/** @typedef {ReturnType<typeof layout>} Layout */

/**
 * How wide a token is, in letters; what fills a square counts as two.
 * @param {string} token
 */
export const letters = (token) => [...token].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1.8 : 1), 0)

/**
 * The ends of an arc: at the source state, and at the context of the step.
 * @param {Layout} plan
 * @param {Weight} weight
 */
export function ends({ source, target, y, box }, { t, s }) {
  return { from: { x: source[s].x, y: y.key - box / 2 }, to: { x: target[t].x, y: y.context } }
}

/**
 * @typedef {{ x: number, y: number }} Point
 * @param {{ from: Point, to: Point }} ends
 */
export function path({ from, to }) {
  const middle = (from.y + to.y) / 2
  return `M${from.x} ${from.y} C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`
}

/**
 * Where an arc crosses a height, from left to right; null where it does not.
 * @param {{ from: Point, to: Point }} ends
 * @param {number} y
 */
export function crossing({ from, to }, y) {
  if (y > from.y || y < to.y) return null
  const part = (from.y - y) / (from.y - to.y)
  let [low, high] = [0, 1]
  for (let n = 0; n < 20; n++) { // both go up along the arc: y as 3u(1-u)/2 + u^3, x as u^2(3-2u)
    const u = (low + high) / 2
    if (1.5 * u * (1 - u) + u ** 3 < part) low = u
    else high = u
  }
  const u = (low + high) / 2
  return from.x + (to.x - from.x) * u * u * (3 - 2 * u)
}

/**
 * The weight whose arc is at a point, if one is.
 * @param {Layout} plan
 * @param {ArrayLike<number>} weights (T, S)
 * @param {Point} point
 * @param {(weight: Weight) => boolean} among which arcs can be meant
 * @returns {Weight | null}
 */
export function nearest(plan, weights, { x, y }, among) {
  let found = null, best = NEAR
  for (let n = 0; n < weights.length; n++) {
    const weight = { t: Math.floor(n / plan.source.length), s: n % plan.source.length }
    if (weights[n] < LEAST || !among(weight)) continue
    const at = crossing(ends(plan, weight), y)
    const distance = at === null ? Infinity : Math.abs(at - x) - weights[n] * THICK / 2
    if (distance < best) [found, best] = [weight, distance]
  }
  return found
}

/**
 * Which source step a weight is dropped at; null above the sources.
 * @param {Layout} plan
 * @param {Point} point
 */
export function sourceAt({ source, y }, point) {
  if (point.y < (y.context + 2 * y.key) / 3) return null
  const s = source.findIndex(({ x, width }) => Math.abs(point.x - x) <= width / 2)
  return s < 0 ? null : s
}
