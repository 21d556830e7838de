// Both parts as SVG: built anew when there are more tokens or there is another room, else only what changed is put in.

import { set, svg, symbol, tip } from "../graph/drawing.js"
import { ends, layout, LEAST, letters, path, TAKEN, THICK } from "./layout.js"
import { lit, weight } from "./reading.js"

/** @import { Point } from "./layout.js" */
/** @import { ArcsData, Place, Reading, Sizes, Weight } from "./arcs.d.ts" */

/** Shown within other words: they don't make the columns wider. */
const SMALL = /^<.*>$/
const TIPPED = { "marker-end": "url(#rnnviz-tip)" }

export class Picture {
  /** @type {Sizes} */
  sizes = { sources: [], steps: 0, letters: 0, room: 0, looks: false, touched: false }
  built = ""
  building = false // so that a token that loses the focus and has it again is no news
  plan = layout(this.sizes)
  /** @type {Record<Place["side"], Column[]>} */
  columns = { source: [], target: [] }
  /** @type {SVGPathElement[]} (steps, sources) */
  arcs = []
  /** @type {SVGCircleElement[]} by source step */
  handles = []
  pulled = svg("path", { class: "pulled" })
  drawing = svg("svg")

  /**
   * @param {HTMLElement} place
   * @param {ArcsData} data
   */
  constructor(place, data) {
    this.place = place
    this.data = data
  }

  /**
   * @param {Reading} reading
   * @param {Place | null} shown
   * @param {Weight | null} chosen
   */
  show(reading, shown, chosen) {
    this.fit(reading)
    const { written, untouched, source, read, right } = reading
    for (const [s, column] of this.columns.source.entries()) {
      column.write("token", source[s])
    }
    for (const [t, column] of this.columns.target.entries()) {
      column.group.classList.toggle("absent", t >= reading.T)
      if (t >= reading.T) continue
      column.write("written", written.tokens[t])
      column.write("read", read[t])
      column.write("mark", written.wrong[t] ? `\u2260 ${right?.[t] ?? "\u2013"}` : "")
      column.write("untouched", untouched?.tokens[t] ?? "")
      column.group.classList.toggle("wrong", written.wrong[t])
      column.group.classList.toggle("changed", written.changed[t])
    }
    this.weigh(reading)
    this.mark(reading, shown, chosen)
  }

  /** @param {Reading} reading */
  weigh(reading) {
    const S = this.handles.length
    for (const [n, arc] of this.arcs.entries()) {
      const t = Math.floor(n / S)
      const value = t < reading.T ? weight(reading, t, n % S) : 0
      put(arc, "stroke-width", value < LEAST ? "0" : (value * THICK).toFixed(1))
      put(arc, "stroke-opacity", (0.2 + 0.6 * value).toFixed(2))
    }
  }

  /**
   * Lights up what belongs to a token.
   * @param {Reading} reading
   * @param {Place | null} shown
   * @param {Weight | null} chosen
   */
  mark(reading, shown, chosen) {
    const belongs = shown && reading.weights ? lit(reading, shown) : null
    for (const side of /** @type {const} */ (["source", "target"])) {
      for (const [n, { group }] of this.columns[side].entries()) {
        const self = shown?.side === side && shown.at === n
        group.classList.toggle("self", self)
        group.classList.toggle("lit", Boolean(belongs && shown?.side !== side && belongs[n]))
        group.classList.toggle("dim", Boolean(belongs && !self && (shown?.side === side || !belongs[n])))
      }
    }
    const S = this.handles.length
    for (const [n, arc] of this.arcs.entries()) {
      const t = Math.floor(n / S), s = n % S
      arc.classList.toggle("dim", Boolean(shown) && (shown?.side === "target" ? t : s) !== shown?.at)
      arc.classList.toggle("chosen", chosen?.t === t && chosen.s === s)
    }
    const t = shown?.side === "target" ? shown.at : -1
    for (const [s, handle] of this.handles.entries()) {
      handle.classList.toggle("absent", t < 0 || weight(reading, t, s) < TAKEN)
    }
  }

  /** @param {Reading} reading */
  fit(reading) {
    const { T, weights, untouched } = reading
    const sources = reading.source.map(letters), before = this.sizes
    const words = [...reading.written.tokens, ...(reading.right ?? [])].filter((word) => !SMALL.test(word))
    const same = String(sources) === String(before.sources) && before.looks === Boolean(weights)
    this.sizes = {
      sources,
      // What is written may be shorter in the next frame, and longer again in the one after.
      steps: Math.max(same ? before.steps : 1, T, reading.right?.length ?? 0),
      letters: Math.max(same ? before.letters : 1, ...words.map(letters)),
      room: this.place.clientWidth / (Number(getComputedStyle(this.place).getPropertyValue("--larger")) || 1),
      looks: Boolean(weights),
      touched: Boolean(untouched),
    }
    const built = JSON.stringify([this.sizes, this.data.both, this.data.attention])
    if (built === this.built) return
    this.built = built
    this.build()
  }

  build() {
    const focused = this.placeOf(document.activeElement)
    const plan = this.plan = layout(this.sizes)
    const { width, height, source, target, y, box } = plan
    const { steps, looks } = this.sizes, S = source.length
    this.drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` })
    const back = svg("g", { class: "back" })
    for (let s = 1; s < S; s++) {
      const [from, to, way] = [source[s - 1].x + box / 2, source[s].x - box / 2, this.data.both ? 5 : 0]
      back.append(line(from, y.key - way, to, y.key - way))
      if (way) back.append(line(to, y.key + way, from, y.key + way))
    }
    back.append(this.handOver())
    this.arcs = Array.from({ length: looks ? steps * S : 0 }, (_, n) => {
      const d = path(ends(plan, { t: Math.floor(n / S), s: n % S }))
      return svg("path", { class: "arc", d, "stroke-width": 0 })
    })
    const arcs = svg("g", { class: "arcs" })
    arcs.append(...this.arcs, this.pulled)
    this.columns = {
      source: source.map((column, s) => this.source(column, s)),
      target: target.map((column, t) => this.target(column, t, target[t - 1]?.x)),
    }
    this.handles = source.map(({ x }, s) =>
      svg("circle", { class: "handle absent", cx: x, cy: y.key - box / 2 - 9, r: 9, "data-at": s })
    )
    const rows = Object.values(this.columns).map((columns) => {
      const row = svg("g", { role: "group" })
      row.append(...columns.map(({ group }) => group))
      if (columns[0]) columns[0].group.setAttribute("tabindex", "0")
      return row
    })
    this.drawing.append(tip(), back, arcs, ...rows, ...this.handles, ...this.names())
    this.building = true
    this.place.replaceChildren(this.drawing)
    if (focused) this.columns[focused.side][focused.at]?.group.focus({ preventScroll: true })
    this.building = false
  }

  /** From the state in which the encoder ends to that in which the decoder begins, before its first step. */
  handOver() {
    const { source, target, y, box } = this.plan
    const from = source[source.length - 1].x + box / 2, x = target[0].x - target[0].width / 2 - 10
    const middle = (y.key + y.state) / 2
    const made = svg("g", { class: "handover" })
    made.append(
      svg("path", { d: `M${from} ${y.key} C${from + 60} ${y.key} ${x} ${middle} ${x} ${y.state + 11}`, ...TIPPED }),
      svg("rect", { class: "box", x: x - 9, y: y.state - 9, width: 18, height: 18, rx: 4 }),
      line(x + 9, y.state, target[0].x - box / 2, y.state),
    )
    return made
  }

  /**
   * @param {{ x: number, width: number }} column
   * @param {number} s
   */
  source({ x, width }, s) {
    const { y, box } = this.plan
    const made = new Column("source", s)
    made.add(svg("rect", { class: "area", x: x - width / 2, y: y.key - box / 2, width, height: box + 46 }))
    made.add(svg("line", { x1: x, y1: y.token - 16, x2: x, y2: y.key + box / 2 + 2, ...TIPPED }))
    made.add(svg("rect", { class: "box", x: x - box / 2, y: y.key - box / 2, width: box, height: box, rx: 5 }))
    made.text("token", x, y.token)
    return made
  }

  /**
   * @param {{ x: number, width: number }} column
   * @param {number} t
   * @param {number} [before] where the step before it is
   */
  target({ x, width }, t, before) {
    const { y, box } = this.plan
    const made = new Column("target", t)
    made.add(svg("rect", { class: "area", x: x - width / 2, y: 0, width, height: y.read + 8 }))
    made.add(
      svg("rect", { class: "frame", x: x - width / 2 + 2, y: y.written - 17, width: width - 4, height: 24, rx: 5 }),
    )
    made.add(svg("line", { x1: x, y1: y.read - 13, x2: x, y2: y.state + box / 2 + 2, ...TIPPED }))
    made.add(svg("line", { x1: x, y1: y.state - box / 2, x2: x, y2: y.written + 8, ...TIPPED }))
    made.add(svg("rect", { class: "box", x: x - box / 2, y: y.state - box / 2, width: box, height: box, rx: 5 }))
    if (before !== undefined) made.add(line(before + box / 2, y.state, x - box / 2, y.state))
    if (this.sizes.looks) {
      // Luong's context goes with h_t into the read-out, Bahdanau's into the step itself.
      const late = this.data.attention === "dot"
      const side = x + (late ? box / 2 + 2 : box / 2 - 4)
      const end = late ? y.written + 8 : y.state + box / 2 + 2
      made.add(
        svg("path", {
          class: "stem",
          d: `M${x} ${y.context} Q${side} ${y.context} ${side} ${y.read} V${end}`,
          ...TIPPED,
        }),
      )
      made.add(svg("circle", { class: "context", cx: x, cy: y.context, r: 4 }))
    }
    for (const row of /** @type {const} */ (["untouched", "mark", "written", "read"])) made.text(row, x, y[row])
    return made
  }

  /** What each row is. */
  names() {
    const { y } = this.plan
    const rows = /** @type {[number, string, string][]} */ ([
      [y.written, "y", "t"],
      [y.state + 5, "h", "t"],
      [y.read, "y", "t\u22121"],
      ...(this.sizes.looks ? [[y.context + 4, "ctx", "t"]] : []),
      [y.key + 5, "h\u0304", "s"],
      [y.token, "x", "s"],
    ])
    return rows.map(([y, letter, sub]) => {
      const text = svg("text", { class: "name", x: 2, y })
      symbol(text, letter, sub, "")
      return text
    })
  }

  /**
   * The lower end of an arc follows a pointer; null: it has been let go.
   * @param {Weight | null} weight
   * @param {Point} [point]
   * @param {number | null} [to] the source step where it would be dropped
   */
  pull(weight, point = { x: 0, y: 0 }, to = null) {
    const from = weight && ends(this.plan, weight)
    this.pulled.setAttribute("d", from ? path({ from: point, to: from.to }) : "")
    for (const [s, { group }] of this.columns.source.entries()) group.classList.toggle("drop", s === to)
  }

  /**
   * The token an element belongs to.
   * @param {EventTarget | null} element
   * @returns {Place | null}
   */
  placeOf(element) {
    const group = element instanceof Element ? element.closest("g[data-side]") : null
    if (!(group instanceof SVGElement) || !this.place.contains(group)) return null
    return { side: /** @type {Place["side"]} */ (group.dataset.side), at: Number(group.dataset.at) }
  }
}

/** A step with its token, that can be pointed at. */
class Column {
  /** @type {Record<string, SVGTextElement>} */
  texts = {}

  /**
   * @param {Place["side"]} side
   * @param {number} at
   */
  constructor(side, at) {
    this.group = svg("g", { class: side, role: "button", tabindex: -1, "data-side": side, "data-at": at })
  }

  /** @param {SVGElement} part */
  add(part) {
    this.group.append(part)
  }

  /**
   * @param {string} name
   * @param {number} x
   * @param {number} y
   */
  text(name, x, y) {
    this.texts[name] = svg("text", { class: name, x, y })
    this.group.append(this.texts[name])
  }

  /**
   * @param {string} name
   * @param {string} word
   */
  write(name, word) {
    const text = this.texts[name]
    const seen = word === " " ? "\u2423" : word
    if (text.textContent === seen) return
    text.textContent = seen
    text.classList.toggle("small", SMALL.test(word))
    if (name !== "read") {
      this.group.setAttribute("aria-label", this.texts.token?.textContent ?? this.texts.written.textContent ?? "")
    }
  }
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
const line = (x1, y1, x2, y2) => svg("line", { x1, y1, x2, y2, ...TIPPED })

/**
 * @param {Element} part
 * @param {string} name
 * @param {string} value
 */
function put(part, name, value) {
  if (part.getAttribute(name) !== value) set(part, { [name]: value })
}
