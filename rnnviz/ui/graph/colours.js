// What colours say: which matrix an edge has, a value's sign and size, a gradient's norm.

import { mix } from "./drawing.js"

/** @type {Record<string, string>} */
export const MATRIX_COLOURS = {
  ...{ W_ih: "#0072B2", W_hh: "#D55E00", W_hy: "#009E73", "": "#888888" },
  ...{ query: "#56B4E9", a_ts: "#CC79A7" },
}
export const DEAD = "#888888"

/**
 * Zero-centred: blue below, white at 0, red above.
 * @param {SVGElement[]} marks
 * @param {ArrayLike<number> | null} numbers
 * @param {number} scale
 */
export function colour(marks, numbers, scale) {
  for (const [i, mark] of marks.entries()) {
    const tone = numbers ? diverging(numbers[i], scale) : null
    mark.setAttribute("fill", tone ? `rgb(${tone.join(" ")})` : "transparent")
  }
}

/**
 * Red, green and blue of a number; null of one that is none.
 * @param {number} number
 * @param {number} scale the number that is coloured most
 */
export function diverging(number, scale) {
  const share = Math.min(Math.max(number / scale, -1), 1)
  if (!Number.isFinite(share)) return null
  const end = share < 0 ? [33, 102, 172] : [178, 24, 43]
  return end.map((c) => Math.round(mix(247, c, Math.abs(share))))
}

/**
 * From the page's own lightness away, so that the largest stands out most.
 * @param {number} share from 0 to 1
 * @param {boolean} dark
 */
export function warmth(share, dark) {
  return `hsl(${mix(48, dark ? 28 : 12, share)} 95% ${dark ? mix(28, 62, share) : mix(66, 38, share)}%)`
}

/**
 * Whether a colour is nearer to black than to white.
 * @param {string} colour
 */
export function isDark(colour) {
  const canvas = document.createElement("canvas").getContext("2d")
  if (!canvas) return false
  canvas.fillStyle = colour.trim() || "white"
  canvas.fillRect(0, 0, 1, 1)
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data
  return r + g + b < 384
}
