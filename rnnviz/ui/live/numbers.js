// Arrays as the server sends them, and numbers and sentences as people read them.

const FLOOR = 1.1754944e-38 // the smallest number float32 holds in full

function decode({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0))
  const data = new { f4: Float32Array, f8: Float64Array }[dtype](bytes.buffer)
  return { data, shape: shape.split(",").map(Number) }
}

// The last axis of an array at these indices.
function row({ data, shape }, ...at) {
  const rest = shape.slice(at.length).reduce((a, b) => a * b, 1)
  const start = at.reduce((sum, index, i) => sum * shape[i] + index, 0) * rest
  return data.subarray(start, start + rest)
}

const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b), FLOOR)

const finite = (data) => [...data].map(Math.abs).filter(Number.isFinite)

function digits(value, count) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "" : value > 0 ? "\u221e" : "\u2212\u221e"
  const text = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5 ? String(Number(value.toPrecision(count))) : value === 0 ? "0" : value.toExponential(count - 1)
  return text.replace("-", "\u2212").replace("e\u2212", "e-").replace("e-", "e\u2212")
}

const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, word) => words[word] ?? "")
