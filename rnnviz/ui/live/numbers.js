// Arrays as the server sends them, and numbers as people read them.

/** @import { Numeric, Packed } from "./sent.d.ts" */

/** The smallest number float32 holds in full. */
export const FLOOR = 1.1754944e-38

/**
 * @param {Packed} packed
 * @returns {Numeric}
 */
export function decode({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0))
  const data = new { f4: Float32Array, f8: Float64Array }[dtype](bytes.buffer)
  return { data, shape: shape.split(",").map(Number) }
}

/**
 * The last axis of an array at these indices.
 * @param {Numeric} array
 * @param {number[]} at
 */
export function row({ data, shape }, ...at) {
  const rest = shape.slice(at.length).reduce((a, b) => a * b, 1)
  const start = at.reduce((sum, index, i) => sum * shape[i] + index, 0) * rest
  return data.subarray(start, start + rest)
}

/** @param {number[]} numbers */
export const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b), FLOOR)

/**
 * The sizes of those that are finite.
 * @param {Iterable<number>} numbers
 */
export const finite = (numbers) => [...numbers].map(Math.abs).filter(Number.isFinite)

/**
 * A number of so many digits.
 * @param {number} value
 * @param {number} count
 */
export function digits(value, count) {
  if (Number.isNaN(value)) return ""
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : "\u2212\u221e"
  if (value === 0) return "0"
  const plain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5
  const text = plain ? String(Number(value.toPrecision(count))) : value.toExponential(count - 1)
  return text.replaceAll("-", "\u2212")
}

/**
 * A number of so many decimal places.
 * @param {number} value
 * @param {number} [places]
 */
export function decimals(value, places = 4) {
  if (!Number.isFinite(value)) return digits(value, 4)
  const text = Math.abs(value) < 1000 ? value.toFixed(places) : value.toPrecision(7)
  return Number(text) ? text.replace("-", "\u2212") : text.replace("-", "") // what is rounded to 0 has no sign
}

/**
 * A whole number, its thousands apart.
 * @param {number} value
 */
export const counted = (value) => value.toLocaleString("en")
