// A cell's diagram, drawn from its wiring, with a place for each value.

import { set, svg, symbol } from "./drawing.js"

/** @import { Wiring } from "./sent.d.ts" */

/**
 * @param {Wiring} wiring
 * @param {string} name of the cell
 * @param {string} before how the time step before is written
 * @param {[letter: string, sub: string, sup: string]} reads what it reads
 */
export function diagram({ size, wires, rounds, boxes, values, weights = [] }, name, before, reads) {
  const [width, height] = size
  const made = svg("svg", { class: "diagram", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name })
  Object.assign(made.style, { maxWidth: `${width}px`, minWidth: `${width * 0.75}px` })
  for (const d of wires) made.append(svg("path", { class: "wire", d }))
  for (const [text, x, y] of rounds) made.append(svg("circle", { cx: x, cy: y, r: 16 }), written(text, x, y))
  for (const [text, x, y, sub] of boxes) {
    made.append(svg("rect", { x: x - 26, y: y - 18, width: 52, height: 36, rx: 6 }), written(text, x, y, sub))
  }
  for (const [sub, x, y] of weights) made.append(written("W", x, y, sub))
  for (const [value, text, x, y] of values) {
    const [letter, sub, sup] = text === "x" ? reads : parted(text)
    const title = svg("text", { x, y: y - 4 })
    symbol(title, letter, sub.replace("t-1", before), sup)
    made.append(title, set(svg("text", { class: "value", x, y: y + 13 }), { "data-value": value }))
  }
  return made
}

/**
 * "h_{t-1}" as its letter, and what stands below and above the line.
 * @param {string} text
 * @returns {[string, string, string]}
 */
function parted(text) {
  const [, letter, sub] = text.match(/^(.*)_\{?([^}]*?)\}?$/) ?? [text, text, ""]
  return [letter, sub, ""]
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} [sub]
 */
function written(text, x, y, sub = "") {
  const made = svg("text", { x, y: y + 5 })
  symbol(made, text, sub, "")
  return made
}
