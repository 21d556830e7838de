// What is written at the edges: the matrices' names, or shapes; and what a library returns of all this.

import { svg, symbol } from "./drawing.js"
import { along, Clearing } from "./labels.js"
import { BOX, START } from "./plan.js"

/** @import { Curve } from "./edges.js" */
/** @import { Place } from "./nodes.js" */
/** @import { Picture } from "./picture.js" */
/** @import { Edge, Spot } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

export class Captions {
  /**
   * @param {Shown} shown
   * @param {Picture} picture what the texts must keep clear of
   */
  constructor(shown, picture) {
    this.shown = shown
    this.picture = picture
    this.layer = picture.labels
    this.clearing = this.room()
  }

  /**
   * Writes everything anew.
   * @param {[Edge, Curve][]} curves of the edges
   */
  write(curves) {
    const { state } = this.shown
    const { fold, space } = this.picture.at
    this.layer.replaceChildren()
    if (state.shapes && !fold) this.results()
    if (!state.shapes) this.matrices(curves)
    else if (!space) this.shapes(curves)
    if (fold < 0.5) this.gaps()
  }

  /** The room that nodes leave to texts; in the space view texts stand beside all units. */
  room() {
    const { places, at } = this.picture
    const { plan } = this.shown
    const room = new Clearing(plan.width, plan.height)
    if (at.space > 0.5) return room
    for (const { node, group, now } of places.values()) {
      const { width, height } = node.kind === "h_0" ? START : { width: plan.box, height: BOX.height }
      if (!group.style.display) room.take(now, width, height)
    }
    for (const x of at.fold < 0.5 ? plan.gaps : []) {
      for (const row of this.shown.network.middle) room.take({ x, y: plan.y(row) }, 30, 20)
    }
    return room
  }

  /** Dots where time steps are left out. */
  gaps() {
    const { plan } = this.shown
    for (const x of plan.gaps) {
      for (const row of this.shown.network.middle) {
        this.text("gap", { x, y: plan.y(row) + 8, anchor: "middle" }, "\u22ef")
      }
    }
  }

  /**
   * Each matrix by its name, once, at one of its edges.
   * @param {[Edge, Curve][]} curves
   */
  matrices(curves) {
    const folded = this.picture.at.fold > 0.5
    /** @type {Map<string, { edge: Edge, places: Spot[] }>} */
    const names = new Map()
    for (const [edge, curve] of this.told(curves)) {
      if (!edge.matrix) continue
      const name = `${edge.matrix}-${edge.layer}-${edge.direction && (!folded || edge.matrix === "W_hh")}`
      const places = this.places(edge, curve)
      const known = names.get(name)
      if (known) known.places.push(...places)
      else names.set(name, { edge, places })
    }
    for (const { edge, places } of names.values()) this.matrix(edge, places)
  }

  /**
   * @param {Edge} edge
   * @param {Spot[]} places
   */
  matrix({ matrix, layer, direction }, places) {
    const { layers, directions } = this.shown.network
    const which = layers > 1 && layer ? `(${layer})` : ""
    const both = this.picture.at.fold > 0.5 && matrix !== "W_hh"
    const arrow = directions > 1 && layer && !both ? (direction ? "\u2190" : "\u2192") : ""
    const place = this.clearing.free(places, `W${matrix.slice(2)}${which}${arrow}`)
    if (!place) return // the key below says what the colour is
    const text = this.text("matrix", place, "")
    symbol(text, "W", matrix.slice(2), which + arrow)
  }

  /**
   * What an edge carries, as its shape: at the copy the cursor is at first.
   * @param {[Edge, Curve][]} curves
   */
  shapes(curves) {
    const at = (/** @type {[Edge, Curve]} */ [edge]) => Number(edge.target.step === this.shown.state.cursor)
    for (const [edge, curve] of [...this.told(curves)].sort((a, b) => at(b) - at(a))) {
      const name = { loss: "y_t", y: "h_t" }[String(edge.target.kind)] ?? (edge.source.kind === "x" ? "x_t" : "h_t")
      const sizes = `(${this.sizes(name)})`
      const place = this.clearing.free(this.places(edge, curve), sizes)
      if (place) this.text("shape", place, sizes) // else the table below has it
    }
  }

  /**
   * The edges that something is written at.
   * @param {[Edge, Curve][]} curves
   */
  told(curves) {
    const { cursor } = this.shown.state
    const folded = this.picture.at.fold > 0.5
    return curves.filter(([{ source, target }]) => (folded ? target.step === cursor : source.kind !== "h_0"))
  }

  /**
   * Where an edge may have its text: along it; in the space view on the right, or above its loop.
   * @param {Edge} edge
   * @param {Curve} curve
   * @returns {Spot[]}
   */
  places(edge, curve) {
    const { plan } = this.shown
    const { at } = this.picture
    if (at.space <= 0.5) return along(curve, plan.y(edge.source.row), BOX, at.fold > 0.5)
    const { up, x, y } = curve
    const right = { x: plan.width - 60, y: plan.y(edge.target.row) + plan.pitch * 0.4 }
    return [{ ...(up ? right : { x: x + 44, y: y + 8 }), anchor: "start" }]
  }

  /** Frames around what a library returns: the last layer's states at every step, and every layer's last one. */
  results() {
    const { network, data } = this.shown
    const { steps, layers } = network
    const cells = [...this.picture.places.values()].filter(({ node }) => node.kind === "h")
    const output = cells.filter(({ node }) => node.layer === layers)
    const ends = cells.filter(({ node }) => node.step === (node.direction ? 1 : steps))
    const said = (/** @type {string} */ name) => `${name} (${this.sizes(name)})`
    this.frame(output, 9, "#009E73", said("output"), true)
    const names = data.states.map((state) => said(`${state}_n`)).join(", ")
    for (const [i, place] of ends.entries()) this.frame([place], 4, "#CC79A7", i ? "" : names, false)
  }

  /**
   * @param {Place[]} places
   * @param {number} margin
   * @param {string} colour
   * @param {string} name
   * @param {boolean} above whether the name had better stand above it than below
   */
  frame(places, margin, colour, name, above) {
    const [xs, ys] = [places.map(({ now }) => now.x), places.map(({ now }) => now.y)]
    const half = { x: this.shown.plan.box / 2 + margin, y: BOX.height / 2 + margin }
    const [x, y] = [Math.min(...xs) - half.x, Math.min(...ys) - half.y]
    const [width, height] = [Math.max(...xs) + half.x - x, Math.max(...ys) + half.y - y]
    const line = { fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": "7 4" }
    this.layer.append(svg("rect", { x, y, width, height, rx: 10, ...line }))
    if (!name) return
    /** @type {Spot[]} */
    const spots = [{ x: x + 4, y: y - 5, anchor: "start" }, { x: x + width - 4, y: y + height + 15, anchor: "end" }]
    const place = this.clearing.free(above ? spots : spots.reverse(), name)
    if (place) this.text("shape", place, name)
  }

  /** @param {string} name */
  sizes(name) {
    return this.shown.data.shapes[name].sizes.join(", ")
  }

  /**
   * @param {string} kind
   * @param {Spot} place
   * @param {string} content
   */
  text(kind, { x, y, anchor }, content) {
    const text = svg("text", { class: kind, x, y, "text-anchor": anchor })
    text.textContent = content
    this.layer.append(text)
    return text
  }
}
