// The drawing: the nodes and edges that have room in the window, moved between the views.

import { Captions } from "./captions.js"
import { mix, svg, tip } from "./drawing.js"
import { curve, paintEdge } from "./edges.js"
import { handed } from "./network.js"
import { paintNode, place, stand } from "./nodes.js"
import { here, mixture } from "./state.js"
import { wires } from "./wires.js"

/** @import { Curve } from "./edges.js" */
/** @import { Place } from "./nodes.js" */
/** @import { Edge, Node } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

const MOVE = 700 // milliseconds of a move between two views

export class Picture {
  /** @type {Map<string, Place>} of every node that is drawn */
  places = new Map()
  /** @type {Map<Edge, SVGPathElement>} */
  paths = new Map()
  /** how far the view is folded, and how far it is in space */
  at = { fold: 0, space: 0 }
  /** @type {SVGElement | undefined} */
  lines
  moving = 0

  /**
   * @param {SVGSVGElement} place
   * @param {(place: Place) => void} enter what to do with a node that comes into the drawing
   */
  constructor(place, enter) {
    this.svg = place
    this.enter = enter
    const [edges, nodes, labels] = ["edges", "nodes", "labels"].map((name) => svg("g", { class: name }))
    this.edges = edges
    this.nodes = nodes
    this.labels = labels
    this.svg.append(tip(), edges, nodes, labels)
  }

  /** Takes everything away, before another network comes. */
  clear() {
    for (const group of [this.nodes, this.edges, this.labels]) group.replaceChildren()
    this.places.clear()
    this.paths.clear()
  }

  /**
   * Brings in what has room, lets go what has none, and moves everything to where it belongs.
   * @param {Shown} shown
   * @param {boolean} animate
   */
  lay(shown, animate) {
    const { plan, network } = shown
    this.svg.setAttribute("viewBox", `0 0 ${plan.width} ${plan.height}`)
    this.svg.style.height = `${plan.height}px`
    const gone = new Set(this.places.keys())
    for (const node of network.nodes) {
      const x = plan.x(node)
      if (x === undefined) continue
      gone.delete(node.id)
      const to = { x, y: plan.y(node.row) }
      const there = this.places.get(node.id) ?? this.bring(node, shown, to)
      there.from = there.now
      there.to = to
    }
    for (const id of gone) {
      this.places.get(id)?.group.remove()
      this.places.delete(id)
    }
    this.join(network.edges)
    this.move(shown, animate)
  }

  /**
   * @param {Node} node
   * @param {Shown} shown
   * @param {{ x: number, y: number }} at
   */
  bring(node, { data }, at) {
    const made = place(node, data, at)
    this.nodes.append(made.group)
    this.places.set(node.id, made)
    this.enter(made)
    return made
  }

  /**
   * Draws a path for every edge between two nodes that are there, and side by side.
   * @param {Edge[]} edges
   */
  join(edges) {
    this.edges.replaceChildren()
    this.paths.clear()
    for (const edge of edges) {
      const { source, target } = edge
      const near = source.encoder !== target.encoder || Math.abs(source.step - target.step) <= 1
      if (!near || !this.places.has(source.id) || !this.places.has(target.id)) continue
      const path = svg("path", { class: "edge" })
      path.append(svg("title"))
      this.edges.append(path)
      this.paths.set(edge, path)
    }
  }

  /**
   * Moves from how it is drawn now to the view that is chosen.
   * @param {Shown} shown
   * @param {boolean} animate
   */
  move(shown, animate) {
    cancelAnimationFrame(this.moving)
    const from = this.at
    const target = mixture(shown.state)
    const began = performance.now()
    const duration = animate && !matchMedia("(prefers-reduced-motion: reduce)").matches ? MOVE : 0
    const frame = (/** @type {number} */ now) => {
      const share = duration ? Math.min((now - began) / duration, 1) : 1
      const eased = share * share * (3 - 2 * share)
      this.at = { fold: mix(from.fold, target.fold, eased), space: mix(from.space, target.space, eased) }
      for (const place of this.places.values()) {
        const x = mix(place.to.x, shown.plan.middle(place.node, target.space), target.fold)
        place.now = { x: mix(place.from.x, x, eased), y: mix(place.from.y, place.to.y, eased) }
      }
      this.draw(shown)
      this.svg.dataset.still = String(share === 1)
      if (share < 1) this.moving = requestAnimationFrame(frame)
    }
    frame(began)
  }

  /**
   * Draws everything where it is now.
   * @param {Shown} shown
   */
  draw(shown) {
    const { state, plan, data } = shown
    for (const place of this.places.values()) stand(place, plan, this.at, state)
    const onward = data.text.matrices.W_hh ? "W_hh" : "" // what joins the network to itself through time
    /** @type {[Edge, Curve][]} */
    const curves = []
    for (const [edge, path] of this.paths) {
      const [a, b] = [this.places.get(edge.source.id), this.places.get(edge.target.id)]
      if (!a || !b) continue
      const made = curve(edge, a.now, b.now, plan, this.at, data)
      path.setAttribute("d", made.d)
      path.style.display = this.at.fold > 0.98 && !here(state, edge.target) && !handed(edge) ? "none" : ""
      const joins = edge.matrix === onward && edge.source.row === edge.target.row
      const alone = edge.target.encoder === state.encoder && !handed(edge)
      path.style.visibility = this.at.space > 0.5 && !(joins && alone) ? "hidden" : ""
      curves.push([edge, made])
    }
    if (!plan.bare) new Captions(shown, this).write(curves)
    this.lines?.remove()
    if (this.at.space < 0.02) return
    this.lines = wires(this.paths.keys(), this.places, state, this.at.space)
    this.svg.prepend(this.lines)
  }

  /**
   * Gives everything its colours and numbers; nothing moves.
   * @param {Shown} shown
   * @param {Set<Node> | null} reached the nodes a sweep has come to
   * @param {Node | null} current the one it is at
   */
  paint(shown, reached, current) {
    for (const place of this.places.values()) paintNode(place, shown, reached, current)
    for (const [edge, path] of this.paths) paintEdge(edge, path, shown, reached, current)
  }

  close() {
    cancelAnimationFrame(this.moving)
  }
}
