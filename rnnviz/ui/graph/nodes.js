// The nodes: their boxes, names, numbers, and a mark for every number of a vector.

import { fill } from "../live/text.js"
import { colour } from "./colours.js"
import { lettered, mix, set, svg, symbol } from "./drawing.js"
import { suffix } from "./network.js"
import { START } from "./plan.js"
import { valued, vector } from "./reading.js"
import { here } from "./state.js"
import { brief, word } from "./telling.js"

/** @import { Plan } from "./plan.js" */
/** @import { Data, Node, Point } from "./sent.d.ts" */
/** @import { State } from "./state.js" */
/** @import { Shown } from "./unrolled.js" */

/**
 * @typedef {object} Place a node that is drawn, and where
 * @property {Node} node
 * @property {SVGGElement} group
 * @property {SVGElement} box
 * @property {SVGElement} name
 * @property {SVGElement} value
 * @property {SVGElement[]} marks of its vector
 * @property {SVGElement[]} second of the state that is handed on beside h
 * @property {Point} now
 * @property {Point} from
 * @property {Point} to where it stands in the unrolled view
 * @property {Point[]} middles of its marks, from its own
 */

const ROOM = 50 // pixels of a box that has room for the names of two states

/** What a cell hands on beside h, if it does. */
export const secondState = (/** @type {Data} */ { states }) => states.find((state) => state !== "h")

/** How many numbers of a node's vector are drawn. */
export const drawn = (/** @type {Data} */ { units, marks }, /** @type {Node} */ node) =>
  Math.min(units[valued(node)] ?? 0, marks)

/**
 * Makes a node's place in the drawing.
 * @param {Node} node
 * @param {Data} data
 * @param {Point} at
 * @returns {Place}
 */
export function place(node, data, at) {
  const group = svg("g", { class: `node ${node.kind}`, "data-node": node.id, tabindex: -1, role: "button" })
  const box = svg("rect", { class: "box", rx: node.kind === "h" ? 8 : 20 })
  const name = svg("text", { class: "name", "text-anchor": "middle", y: 5 })
  const value = svg("text", { class: "value", "text-anchor": "middle", y: 23 })
  const marks = markGroup(drawn(data, node))
  const second = markGroup(node.kind === "h" && secondState(data) ? drawn(data, node) : 0)
  group.append(box, marks, second, name, value)
  const made = { node, group, box, name, value, now: at, from: at, to: at, middles: [] }
  return { ...made, marks: all(marks), second: all(second) }
}

/** @param {number} count */
function markGroup(count) {
  const group = svg("g", { class: "marks" })
  for (let i = 0; i < count; i++) group.append(svg("rect", { class: "mark" }))
  return group
}

const all = (/** @type {Element} */ group) => /** @type {SVGElement[]} */ ([...group.children])

/**
 * Draws a node where it is now, as far between the views as it is.
 * @param {Place} place
 * @param {Plan} plan
 * @param {{ fold: number, space: number }} at
 * @param {State} state
 */
export function stand(place, plan, { fold, space }, state) {
  const { node, group, marks, second, now } = place
  group.setAttribute("transform", `translate(${now.x} ${now.y})`)
  const other = space > 0.98 && node.encoder !== state.encoder
  group.style.display = other || (fold > 0.98 && !here(state, node)) ? "none" : ""
  const { width, height } = node.kind === "h_0" ? START : { width: plan.box, height: plan.tall }
  set(place.box, { x: -width / 2, y: -height / 2, width, height })
  place.box.style.opacity = String(1 - space)
  place.value.style.opacity = String(node.kind === "loss" ? 1 : 1 - space)
  const sizes = { box: plan.box, width: plan.width, space }
  place.middles = spread(marks, sizes, second.length ? { y: -3, height: 8 } : { y: 1, height: 12 }, 0)
  spread(second, sizes, { y: 6, height: 8 }, 26)
  place.name.setAttribute("x", String(space ? mix(0, -plan.width / 2 + 30, space) : 0))
  const top = second.length ? -15 : marks.length ? -13 : -4
  place.name.setAttribute("y", String(node.kind === "h_0" ? 5 : mix(top, 5, space)))
}

/**
 * Places the marks of a vector: side by side in a node's box, or spread over the width as the units of a layer. Returns
 * their middles.
 * @param {SVGElement[]} marks
 * @param {{ box: number, width: number, space: number }} sizes
 * @param {{ y: number, height: number }} line where they stand in a box
 * @param {number} below how far below its layer's middle, in the space view
 */
function spread(marks, { box, width, space }, line, below) {
  const count = marks.length
  const narrow = Math.min((box - 10) / count, 14)
  const wide = unitPitch(count, width)
  const unit = Math.min(wide * 0.7, 24)
  const size = mix(narrow, unit, space)
  const height = mix(line.height, unit, space)
  const y = mix(line.y, below, space)
  return marks.map((mark, i) => {
    const x = (i - (count - 1) / 2) * mix(narrow, wide, space)
    set(mark, { x: x - size / 2, y: y - height / 2, width: size, height, rx: (space * size) / 2 })
    return { x, y }
  })
}

/** Pixels from one unit to the next in the space view: room is left for the layer's name and its loop. */
export const unitPitch = (/** @type {number} */ count, /** @type {number} */ width) =>
  Math.min(54, (width - 240) / count)

/**
 * What a node is called: as in the formulas, but for the loss. Of two parts, the source's are x_s and h̄_s, and what
 * the other reads is what was to be written before.
 * @param {Pick<Shown, "data" | "network">} shown
 * @param {Node} node
 */
export function letter({ data: { text }, network: { source } }, { kind, encoder }) {
  if (kind === "loss") return text.loss
  if (encoder && kind === "h") return "h\u0304"
  return source && !encoder && kind === "x" ? "y" : kind
}

/**
 * What stands below the line in its name: its step, or, where all copies are one, the letter of it.
 * @param {Pick<Shown, "network">} shown
 * @param {Node} node
 * @param {boolean} copies
 */
export function index({ network: { source } }, { kind, encoder, step }, copies) {
  const read = source && !encoder && kind === "x"
  if (!copies) return encoder ? "s" : read ? "t-1" : "t"
  return String(read ? step - 1 : step)
}

/**
 * Gives a node its colours and words; nothing moves.
 * @param {Place} place
 * @param {Shown} shown
 * @param {Set<Node> | null} reached the nodes a sweep has come to
 * @param {Node | null} current the one it is at
 */
export function paintNode({ node, group, name, value, marks, second }, shown, reached, current) {
  const { state, reading, network, data } = shown
  const there = !reached || reached.has(node)
  const numbers = reading && (state.direction === "backward" || there) ? vector(reading, node) : null
  const t = index(shown, node, !state.folded && !state.space)
  const more = suffix(network, node)
  const beside = secondState(data)
  if (node.kind === "h_0") name.textContent = "0"
  else symbol(name, letter(shown, node), t, node.kind === "loss" ? "" : more)
  const room = shown.plan.box >= ROOM
  if (second.length && !state.space && room) name.append(...lettered(`, ${beside}`, t, more ? 5 : -4))
  group.style.opacity = there ? "1" : "0.28"
  const marked = !current && here(state, node) && node.kind === "h"
  group.classList.toggle("now", node === current || marked)
  const [layer, direction, step, , encoder] = state.opened ?? []
  const opened = node.layer - 1 === layer && node.direction === direction && node.step - 1 === step
  const looked = node.kind === "ctx" && state.looked && here(state, node)
  group.classList.toggle("opened", looked || (node.kind === "h" && opened && node.encoder === Boolean(encoder)))
  colour(marks, numbers, reading?.scale[valued(node)] ?? 1)
  if (second.length && beside) {
    colour(second, numbers && reading && vector(reading, node, beside), reading?.scale[valued(node, beside)] ?? 1)
  }
  value.textContent = numbers ? brief(shown, node, numbers) : ""
  const spelling = numbers && word(reading, node) // whole, where a box may have room for a part
  const held = { name: name.textContent ?? "", unit: state.unit + 1, value: spelling ?? value.textContent ?? "" }
  const whole = (node.kind === "h" || node.kind === "ctx") && held.value
    ? fill(data.text.holds, held)
    : `${held.name} ${held.value}`
  group.setAttribute("aria-label", whole)
}
