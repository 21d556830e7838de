// The cursor's time step on the graph: its column is marked, a pointer over a column puts it there, and what the nodes of
// the column hold is read out.

import { cursor } from "../live/cursor.js"
import { set, svg } from "./drawing.js"
import { part } from "./network.js"
import { index, letter } from "./nodes.js"
import { total, valued, vector } from "./reading.js"

/** @import { Place, Value } from "../live/cursor.js" */
/** @import { Node, Reading } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

const SHOWN = /** @type {Node["kind"][]} */ (["x", "h", "y", "loss"])

/** The axis of time a node's step is counted on. */
export const axisOf = (/** @type {{ encoder: boolean }} */ { encoder }) => (encoder ? "s" : "t")

export class Pointed {
  /**
   * @param {SVGSVGElement} place
   * @param {Shown} shown
   */
  constructor(place, shown) {
    this.place = place
    this.shown = shown
    this.band = svg("rect", { class: "cursor", y: 0, rx: 6 })
    place.prepend(this.band)
    place.addEventListener("pointermove", (event) => event.pointerType === "mouse" && cursor.point(this.under(event)))
    place.addEventListener("pointerleave", () => cursor.point(null))
    cursor.join(this)
  }

  /** Whether every step has a column of its own. */
  get apart() {
    return !this.shown.state.folded && !this.shown.state.space
  }

  /**
   * The step whose column is under a pointer.
   * @param {PointerEvent} event
   * @returns {Place | null}
   */
  under({ clientX }) {
    const { plan, network } = this.shown
    if (!this.apart) return null
    const { left, width } = this.place.getBoundingClientRect()
    const x = ((clientX - left) * plan.width) / width // a projector shows it larger
    const found = network.nodes.find((node) =>
      node.step >= 1 && node.step <= part(network, node).steps &&
      Math.abs((plan.x(node) ?? Infinity) - x) < plan.column / 2
    )
    return found ? { axis: axisOf(found), step: found.step } : null
  }

  /** The window of steps may be another, too. */
  mark() {
    const { band, shown: { plan } } = this
    const { at, pinned } = cursor
    const x = at && this.apart && this.steps(at.axis) ? plan.x({ step: at.step, encoder: at.axis === "s" }) : undefined
    band.style.display = x === undefined ? "none" : ""
    band.classList.toggle("pinned", pinned)
    if (x !== undefined) set(band, { x: x - plan.column / 2, width: plan.column, height: plan.height })
  }

  /** @param {string} axis */
  steps(axis) {
    const { network, data } = this.shown
    if (axis === "s") return network.source?.steps ?? 0
    return data.example ? 0 : network.steps
  }

  /** @param {Place} at */
  word({ axis, step }) {
    const name = valued({ kind: "x", encoder: axis === "s" })
    const word = this.shown.reading?.said[name]?.[step - 1]
    return word ? `\u201c${word}\u201d` : ""
  }

  /**
   * What the nodes of the column hold: of a vector the least and the largest number, of states those of the last layer.
   * @param {Place} at
   * @returns {Value[]}
   */
  read({ axis, step }) {
    const { reading, network } = this.shown
    if (!reading) return []
    const column = network.nodes.filter((node) => axisOf(node) === axis && node.step === step && !node.direction)
    const nodes = SHOWN.flatMap((kind) => column.findLast((node) => node.kind === kind) ?? [])
    return nodes.flatMap((node) => held(this.shown, reading, node))
  }

  close() {
    cursor.leave(this)
  }
}

/**
 * @param {Shown} shown
 * @param {Reading} reading
 * @param {Node} node
 * @returns {Value[]}
 */
function held(shown, reading, node) {
  const numbers = [...(vector(reading, node) ?? [])].filter(Number.isFinite)
  const { kind } = node
  const name = kind === "loss" ? letter(shown, node) : `${letter(shown, node)}_(${index(shown, node, false)})`
  const word = reading.said[valued(node)]?.[node.step - 1]
  /** @type {Value[]} */
  const gradient = kind === "h" ? [{ name: `\u2016dL/d${name}\u2016`, numbers: [total(reading, node)] }] : []
  if (!numbers.length || (kind === "x" && word !== undefined)) return gradient // the word stands beside the step
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  if (kind === "y" && word) return [{ name, numbers: [high], word }]
  return [{ name, numbers: numbers.length > 1 && kind !== "loss" ? [low, high] : [low] }, ...gradient]
}
