// A frame's numbers, and what there is to say of a token by them.

import { digits } from "../live/numbers.js"
import { fill } from "../live/text.js"

/** @import { Decoded, Place, Reading, Words } from "./arcs.d.ts" */

const TOLD = 3 // tokens of a sentence
/** The smallest weight that is told, and that lights up what it belongs to. */
export const TELLING = 0.1

/**
 * @param {Decoded} decoded
 * @returns {Reading}
 */
export function read(decoded) {
  const { written, source } = decoded
  return {
    ...decoded,
    T: written.tokens.length,
    S: source.length,
    p: written.p.data,
    weights: written.weights && written.weights.data,
  }
}

/**
 * A weight a_ts; 0 where there is none.
 * @param {Reading} reading
 * @param {number} t
 * @param {number} s
 */
export const weight = ({ weights, S }, t, s) => weights?.[t * S + s] ?? 0

/**
 * The other side's weights of a token, by its place.
 * @param {Reading} reading
 * @param {Place} place
 * @returns {number[]}
 */
export function weightsOf(reading, { side, at }) {
  const count = side === "target" ? reading.S : reading.T
  return Array.from({ length: count }, (_, n) => side === "target" ? weight(reading, at, n) : weight(reading, n, at))
}

/**
 * Whether a token of the other side belongs to one: what it looks at most, and all that has some weight.
 * @param {Reading} reading
 * @param {Place} place
 * @returns {boolean[]}
 */
export function lit(reading, place) {
  const weights = weightsOf(reading, place)
  const most = place.side === "target" ? Math.max(...weights) : Infinity
  return weights.map((value) => value >= TELLING || (value > 0 && value === most))
}

/**
 * @param {Reading} reading
 * @param {Place} place
 */
export const named = ({ source, written }, { side, at }) =>
  `\u201c${(side === "target" ? written.tokens : source)[at]}\u201d`

/**
 * All there is to say of a token.
 * @param {Reading} reading
 * @param {Place} place
 * @param {Words} text
 */
export function told(reading, place, text) {
  const { side, at } = place
  const token = named(reading, place)
  const tokens = reading.weights && best(reading, place, text)
  if (side === "source") {
    if (!reading.weights) return fill(text.reads, { s: at + 1, token })
    return fill(tokens ? text.looked : text.not_looked, { s: at + 1, token, tokens: tokens ?? "" })
  }
  const right = reading.right && (reading.right[at] === undefined ? text.nothing : `\u201c${reading.right[at]}\u201d`)
  const values = { t: at + 1, token, p: digits(reading.p[at], 3), right: right ?? "" }
  const written = fill(reading.written.wrong[at] ? text.wrongly : text.writes, values)
  return tokens ? `${written} ${fill(text.looks, { tokens })}` : written
}

/**
 * The other side's tokens by their weights, the largest first.
 * @param {Reading} reading
 * @param {Place} place
 * @param {Words} text
 */
function best(reading, place, text) {
  const weights = weightsOf(reading, place), other = place.side === "target" ? "source" : "target"
  const chosen = lit(reading, place).flatMap((is, n) => is ? [n] : [])
  const most = chosen.sort((a, b) => weights[b] - weights[a]).slice(0, TOLD)
  const parts = most.map((at) =>
    fill(text.weighed, { token: named(reading, { side: other, at }), weight: digits(weights[at], 2) })
  )
  return parts.length ? parts.reduce((things, next) => fill(text.listed, { things, next })) : null
}
