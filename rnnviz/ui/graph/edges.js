// The edges: their paths between the nodes, and what their colours and widths say.

import { DEAD, MATRIX_COLOURS, warmth } from "./colours.js"
import { set } from "./drawing.js"
import { drawn, unitPitch } from "./nodes.js"
import { BOX, START } from "./plan.js"
import { flow, share } from "./reading.js"
import { digits, FLOOR } from "../live/numbers.js"

/** @import { Plan } from "./plan.js" */
/** @import { Data, Edge, Node, Point } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

/** @typedef {{ d: string, x: number, y: number, up: boolean }} Curve a path, its middle, whether it goes up */

/**
 * The path of an edge: up between rows, or across to the next step.
 * @param {Edge} edge
 * @param {Point} a where it starts
 * @param {Point} b where it ends
 * @param {Plan} plan
 * @param {{ fold: number, space: number }} at
 * @param {Data} data
 * @returns {Curve}
 */
export function curve(edge, a, b, plan, at, data) {
  if (edge.source.row !== edge.target.row) return up(edge, a, b)
  const reach = (drawn(data, edge.target.kind) * unitPitch(drawn(data, edge.target.kind), plan.width)) / 2
  return across(edge, a, b, plan, at.fold, at.space * (reach + plan.box / 2 + 14))
}

/**
 * Straight, or around what stands in between.
 * @param {Edge} edge
 * @param {Point} a
 * @param {Point} b
 */
function up({ source, target }, a, b) {
  const [y0, y1] = [a.y - BOX.height / 2, b.y + BOX.height / 2]
  const middle = { x: (a.x + b.x) / 2, y: (y0 + y1) / 2, up: true }
  if (target.row - source.row <= 1) return { d: `M${a.x} ${y0} L${b.x} ${y1}`, ...middle }
  const bend = (target.direction || source.direction === 0 ? 1 : -1) * 46
  const d = `M${a.x + 18} ${y0} C${a.x + bend} ${y0 - 20} ${b.x + bend} ${y1 + 20} ${b.x + 18} ${y1}`
  return { d, ...middle, x: middle.x + bend * 0.8 }
}

/**
 * To the next step; a loop where the graph is folded.
 * @param {Edge} edge
 * @param {Point} a
 * @param {Point} b
 * @param {Plan} plan
 * @param {number} fold
 * @param {number} aside how far beside the nodes
 */
function across(edge, a, b, plan, fold, aside) {
  const sign = edge.direction ? -1 : 1
  const half = edge.source.kind === "h_0" && !fold ? START.width / 2 : plan.box / 2
  const [x0, x1] = [a.x + sign * half + aside, b.x - (sign * plan.box) / 2 + aside]
  const bulge = fold > 0 ? Math.max(0, 1 - Math.abs(b.x - a.x) / plan.column) : 0
  const y = a.y + (edge.matrix ? 6 : -12) * (1 - bulge)
  const reach = sign * (8 + 44 * bulge)
  const top = (edge.matrix ? 62 : 74) * bulge
  const d = `M${x0} ${y} C${x0 + reach} ${y - top} ${x1 - reach} ${y - top} ${x1} ${y}`
  return { d, x: (x0 + x1) / 2, y: y - top * 0.75, up: false }
}

/**
 * Gives an edge its colour and width: the matrix it stands for, or on a sweep backwards the gradient that flows through.
 * @param {Edge} edge
 * @param {SVGPathElement} path
 * @param {Shown} shown
 * @param {Set<Node> | null} reached
 * @param {Node | null} current
 */
export function paintEdge(edge, path, { state, reading, dark }, reached, current) {
  const start = edge.source.kind === "h_0"
  const back = state.direction === "backward" && (state.position >= 0 || state.playing)
  const on = !reached || (reached.has(edge.target) && (back || reached.has(edge.source) || start))
  const norm = reading && back && on && !start ? flow(reading, edge) : NaN
  const title = path.firstElementChild
  path.style.opacity = on ? "1" : "0.18"
  if (title) title.textContent = digits(norm, 3)
  if (reading && !Number.isNaN(norm)) {
    const dead = norm < FLOOR
    const part = share(norm, reading.range)
    set(path, {
      stroke: dead ? DEAD : warmth(part, dark),
      "stroke-width": 1 + 8 * part,
      "stroke-dasharray": dead ? "2 7" : "",
    })
    set(path, { "marker-start": dead || part > 0.5 ? "" : "url(#rnnviz-tip)", "marker-end": "" })
    path.dataset.norm = String(norm)
    return
  }
  set(path, { stroke: MATRIX_COLOURS[edge.matrix], "stroke-width": edge.target === current ? 4 : 2 })
  set(path, { "stroke-dasharray": edge.matrix ? "" : "5 3", "marker-start": "", "marker-end": "url(#rnnviz-tip)" })
  delete path.dataset.norm
}
