// What is written at the edges: the matrices' names, or shapes; and what a library returns of all this.

import { svg, symbol } from "./drawing.js"
import { along, Clearing } from "./labels.js"
import { handed, part } from "./network.js"
import { BOX, START } from "./plan.js"
import { here } from "./state.js"

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
      const { width, height } = node.kind === "h_0" ? START : { width: plan.box, height: plan.tall }
      if (!group.style.display) room.take(now, width, height)
    }
    for (const { x, middle } of at.fold < 0.5 ? plan.gaps : []) {
      for (const row of middle) room.take({ x, y: plan.y(row) }, 30, 20)
    }
    for (const { source, target } of [...this.picture.paths.keys()].filter(handed)) {
      const [a, b] = [source, target].map(({ id }) => places.get(id)?.now.x ?? 0)
      room.take({ x: (a + b) / 2, y: plan.y(source.row) }, b - a, BOX.height / 2)
    }
    return room
  }

  /** Dots where time steps are left out. */
  gaps() {
    const { plan } = this.shown
    for (const { x, middle } of plan.gaps) {
      for (const row of middle) {
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
      if (!edge.matrix.startsWith("W")) continue
      const way = edge.direction && (!folded || edge.matrix === "W_hh")
      const name = `${edge.matrix}-${edge.layer}-${way}-${edge.target.encoder}`
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
  matrix({ matrix, layer, direction, target }, places) {
    const { layers } = this.shown.network
    const { directions } = part(this.shown.network, target)
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
    const at = (/** @type {[Edge, Curve]} */ [edge]) => Number(here(this.shown.state, edge.target))
    for (const [edge, curve] of [...this.told(curves)].sort((a, b) => at(b) - at(a))) {
      if (edge.matrix === "a_ts") continue // one weight, of which there are many
      const sizes = `(${this.sizes(this.carried(edge))})`
      const place = this.clearing.free(this.places(edge, curve), sizes)
      if (place) this.text("shape", place, sizes) // else the table below has it
    }
  }

  /**
   * What an edge carries, as the table of shapes calls it.
   * @param {Edge} edge
   */
  carried({ source, target }) {
    if (target.kind === "loss") return "y_t"
    if (source.kind === "ctx") return "ctx_t"
    if (source.kind !== "x") return "h_t"
    return source.encoder ? "x_s" : "y_(t-1)" in this.shown.data.shapes ? "y_(t-1)" : "x_t"
  }

  /**
   * The edges that something is written at.
   * @param {[Edge, Curve][]} curves
   */
  told(curves) {
    const { state } = this.shown
    const { fold, space } = this.picture.at
    const seen = (/** @type {Edge} */ { target }) => here(state, target) && (!space || target.encoder === state.encoder)
    return curves.filter(([edge]) => (fold > 0.5 ? seen(edge) : edge.source.kind !== "h_0"))
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
    const states = [...this.picture.places.values()].filter(({ node }) => node.kind === "h")
    const cells = states.filter(({ node }) => !node.encoder)
    const source = states.filter(({ node }) => node.encoder && node.layer === layers)
    const output = cells.filter(({ node }) => node.layer === layers)
    const ends = cells.filter(({ node }) => node.step === (node.direction ? 1 : steps))
    const said = (/** @type {string} */ name) => `${name} (${this.sizes(name)})`
    this.frame(output, 9, "#009E73", said("output"), true)
    if (source.length) this.frame(source, 9, "#009E73", said("h\u0304"), true)
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
