// Arrays as the server sends them, and numbers as people read them.

/** @import { Numeric, Packed } from "./sent.d.ts" */

const TYPES = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
}
const UTF8 = new TextDecoder("utf-8", { fatal: true })

/** The smallest number float32 holds in full. */
export const FLOOR = 1.1754944e-38

/**
 * What a message of wire.py holds; its arrays are Numeric, and look at the message's own bytes. Throws if it is cut short
 * or malformed.
 * @param {ArrayBuffer} message
 */
export function unpacked(message) {
  const end = 4 + new DataView(message).getUint32(0, true)
  const header = UTF8.decode(new Uint8Array(message, 4, end - 4))
  return JSON.parse(header, (_, value) => value?.dtype ? numeric(message, end, value) : value)
}

/**
 * @param {ArrayBuffer} message
 * @param {number} start of its arrays
 * @param {Packed} packed
 * @returns {Numeric}
 */
function numeric(message, start, { dtype, shape, at }) {
  return { data: new TYPES[dtype](message, start + at, shape.reduce((a, b) => a * b, 1)), shape }
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
