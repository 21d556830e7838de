// The edges: their paths between the nodes, and what their colours and widths say.

import { DEAD, MATRIX_COLOURS, warmth } from "./colours.js"
import { set } from "./drawing.js"
import { drawn, unitPitch } from "./nodes.js"
import { START } from "./plan.js"
import { flow, share, weight } from "./reading.js"
import { digits, FLOOR } from "../live/numbers.js"

/** @import { Plan } from "./plan.js" */
/** @import { Data, Edge, Node, Point } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

const FAINT = 0.05 // a weight of attention below which no edge is drawn

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
  if (edge.matrix === "a_ts") return looking(a, b, plan)
  if (edge.source.row !== edge.target.row) return up(edge, a, b, plan)
  const count = drawn(data, edge.target)
  const reach = (count * unitPitch(count, plan.width)) / 2
  return across(edge, a, b, plan, at.fold, at.space * (reach + plan.box / 2 + 14))
}

/**
 * From a source state to a context, which it comes to beside what asks.
 * @param {Point} a
 * @param {Point} b
 * @param {Plan} plan
 */
function looking(a, b, { box, tall }) {
  const [y0, y1] = [a.y - tall / 2, b.y + tall / 2]
  const [x, y] = [b.x - box / 3, (y0 + y1) / 2]
  return { d: `M${a.x} ${y0} C${a.x} ${y} ${x} ${y} ${x} ${y1}`, x: (a.x + x) / 2, y, up: true }
}

/**
 * Straight, or around what stands in between; down from a context to the cell that reads it.
 * @param {Edge} edge
 * @param {Point} a
 * @param {Point} b
 * @param {Plan} plan
 */
function up({ source, target, around }, a, b, { column, box, tall }) {
  const sign = target.row > source.row ? 1 : -1
  const [y0, y1] = [a.y - (sign * tall) / 2, b.y + (sign * tall) / 2]
  const middle = { x: (a.x + b.x) / 2, y: (y0 + y1) / 2, up: true }
  if (!around) return { d: `M${a.x} ${y0} L${b.x} ${y1}`, ...middle }
  const side = sign > 0 && (target.direction || source.direction === 0) ? 1 : -1
  const [bend, foot] = [side * Math.min(box / 2 + 11, column * 0.8), sign * box * 0.26]
  const curve = `C${a.x + bend} ${y0 - sign * 20} ${b.x + bend} ${y1 + sign * 20}`
  return { d: `M${a.x + foot} ${y0} ${curve} ${b.x + foot} ${y1}`, ...middle, x: middle.x + bend * 0.8 }
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
  const y = a.y + (edge.matrix ? 0.1 : -0.2) * plan.tall * (1 - bulge)
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
export function paintEdge(edge, path, { state, reading, dark, plan }, reached, current) {
  const start = edge.source.kind === "h_0"
  const back = state.direction === "backward" && (state.position >= 0 || state.playing)
  const on = !reached || (reached.has(edge.target) && (back || reached.has(edge.source) || start))
  const norm = reading && back && on && !start ? flow(reading, edge) : NaN
  const title = path.firstElementChild
  const looks = edge.matrix === "a_ts"
  const weighs = looks && reading ? weight(reading, edge) : NaN
  const faint = looks && Number.isNaN(norm) && !(weighs >= FAINT)
  const seen = faint ? 0 : looks && edge.target.step !== state.cursor ? 0.22 : 1
  path.style.opacity = String(on ? seen : Math.min(seen, looks ? 0.07 : 0.18))
  if (title) title.textContent = digits(norm, 3)
  if (reading && !Number.isNaN(norm)) {
    const dead = norm < FLOOR
    const part = share(norm, reading.range)
    set(path, {
      stroke: dead ? DEAD : warmth(part, dark),
      "stroke-width": 1 + (plan.widest - 1) * part,
      "stroke-dasharray": dead ? "2 7" : "",
    })
    set(path, { "marker-start": dead || part > 0.5 ? "" : "url(#rnnviz-tip)", "marker-end": "" })
    path.dataset.norm = String(norm)
    return
  }
  const width = looks ? 1 + 9 * (weighs || 0) : edge.target === current ? 4 : 2
  if (title && looks) title.textContent = digits(weighs, 2)
  set(path, { stroke: MATRIX_COLOURS[edge.matrix], "stroke-width": width })
  set(path, { "stroke-dasharray": edge.matrix ? "" : "5 3", "marker-start": "", "marker-end": "url(#rnnviz-tip)" })
  delete path.dataset.norm
}
