// The score's top stave: the network, unrolled over the columns of the pictures below. It can be folded away.

import { cursor, Follower } from "../live/cursor.js"
import { block, element, pressed } from "../live/text.js"
import { columns, stepAt } from "./columns.js"
import { svg, symbol } from "./drawing.js"
import { Legend } from "./legend.js"
import { cellOf, network, suffix } from "./network.js"
import { index, letter } from "./nodes.js"
import { OpenedPanel } from "./opened.js"
import { Picture } from "./picture.js"
import { read } from "./reading.js"
import { begin, fit } from "./state.js"
import { Strips } from "./strips.js"
import { Walk } from "./walk.js"

/** @import { Glossary } from "../live/glossary.js" */
/** @import { Columns } from "./columns.js" */
/** @import { Place } from "./nodes.js" */
/** @import { Data, Described, Node, Opened, StaveFrame, StaveWords } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

const AXIS = "t" // of the cursor
const FOLDED = "rnnviz-graph-folded"
const SHARE = { least: 0.4, row: 0.12 } // of the score's height

export class Stave {
  /** @type {Shown | null} none before a network has come */
  shown = null
  /** @type {Described | null} of another network, until its first numbers are drawn */
  coming = null
  /** @type {(Columns & { width: number, height: number }) | null} */
  measured = null
  dark = false

  /**
   * @param {HTMLElement} place the score's staves
   * @param {StaveWords} words
   * @param {object} does
   * @param {() => void} does.again asks for another frame
   * @param {() => Columns | null} does.columns where the pictures below have theirs, once they are drawn
   * @param {HTMLElement} why a button that opens what there is to say of it
   * @param {Glossary} glossary
   */
  constructor(place, words, does, why, glossary) {
    this.words = words
    this.does = does
    this.state = { ...begin(), direction: /** @type {const} */ ("backward"), position: 0 }
    const [canvas, graph] = [element("canvas"), svg("svg", { class: "graph", role: "group" })]
    const [title, key] = [element("b", words.title), Object.assign(element("span"), { className: "key" })]
    this.heads = svg("g", { class: "heads" })
    this.plot = block("plot rnnviz-graph", canvas)
    this.marked = Object.assign(element("i"), { className: "mark along-x", hidden: true })
    this.plot.append(graph, this.marked)
    const caption = element("figcaption")
    caption.append(title, key, why)
    this.figure = Object.assign(element("figure"), { className: "network" })
    this.figure.append(caption, this.plot)
    this.button = pressed("", () => this.fold(!this.folded))
    this.button.className = "fold"
    this.folded = remembered()
    place.prepend(this.button, this.figure)
    this.strips = new Strips(canvas)
    this.picture = new Picture(graph, (place) => this.enter(place))
    graph.append(this.heads)
    this.legend = new Legend(key, glossary)
    this.panel = new OpenedPanel(glossary.place, { close: () => this.open(null), repaint: () => this.paint() })
    this.plot.addEventListener("click", (event) => this.press(event))
    this.plot.addEventListener(
      "pointermove",
      (event) => event.pointerType === "mouse" && cursor.point(this.under(event)),
    )
    this.plot.addEventListener("pointerleave", () => cursor.point(null))
    cursor.join(this)
    this.follower = new Follower(AXIS, (step) => this.follow(step))
    this.fold(this.folded)
  }

  /** What to ask for: which network is known, or nothing while it is folded away; and the cell to look into. */
  get asks() {
    if (this.folded) return { graph: null }
    return { graph: (this.coming ?? this.shown?.data)?.key ?? "", opened: this.state.opened }
  }

  /** @param {boolean} folded */
  fold(folded) {
    const changed = folded !== this.folded
    this.folded = folded
    this.figure.hidden = folded || !this.shown
    this.button.textContent = folded ? this.words.unfold : this.words.fold
    this.button.setAttribute("aria-expanded", String(!folded))
    if (!changed) return
    this.mark()
    remember(folded)
    if (folded) this.open(null)
    this.does.again()
  }

  /**
   * A frame has come, which may bring another network.
   * @param {StaveFrame | undefined} frame
   */
  meet(frame) {
    this.coming = frame?.network ?? this.coming
  }

  /**
   * Begins another network's graph; what was chosen stays, as far as there is such a thing in it.
   * @param {Described} described
   */
  build(described) {
    this.coming = null
    const data = /** @type {Data} */ ({ ...described, marks: 0 }) // which are the strips'
    const known = network(data.graph)
    fit(this.state, data)
    this.state.position = 0
    this.measured = null
    const { dark } = this
    this.shown = { data, network: known, state: this.state, reading: null, plan: this.plan(known), dark }
    this.walk = new Walk(this.shown, this.picture.places, (step) => this.go(step))
    this.picture.clear()
    this.strips.build(known)
    this.picture.svg.setAttribute("aria-label", data.text.graph)
    this.plot.dataset.states = String(data.states.length)
    this.figure.style.setProperty("--share", String(SHARE.least + SHARE.row * (known.rows - 1)))
    this.figure.hidden = this.folded
  }

  /**
   * Shows a frame's numbers.
   * @param {StaveFrame | undefined} frame
   */
  take(frame) {
    if (!frame?.values) return
    if (this.coming?.key === frame.key) this.build(this.coming)
    if (frame.key !== this.shown?.data.key) return
    this.shown.reading = read({ ...frame, values: frame.values })
    this.layout()
    this.paint()
  }

  /** The window, or what stands below, may have changed. */
  fit() {
    if (this.layout()) this.paint()
  }

  /** @param {import("./network.js").Network} network */
  plan(network) {
    return columns(
      network,
      this.measured ?? { width: 0, height: 0 },
      this.measured ?? { left: 0, across: 0 },
      this.state,
    )
  }

  /** Works out where everything belongs, if the stave or the columns below are others; says whether they are. */
  layout() {
    const below = this.does.columns()
    if (!this.shown || this.folded || !below) return false
    const { clientWidth: width, clientHeight: height } = this.plot
    const measured = { width, height, ...below }
    if (JSON.stringify(measured) === JSON.stringify(this.measured)) return false
    this.measured = measured
    this.lay()
    return true
  }

  lay() {
    const { shown, measured } = this
    if (!shown || !measured?.width) return
    shown.plan = this.plan(shown.network)
    this.picture.lay(shown, false)
    this.plot.classList.toggle("apart", this.plan(shown.network).apart)
    this.head(shown, measured.left)
    this.mark()
    this.walk?.wait()
  }

  /**
   * Each row's name, on the left.
   * @param {Shown} shown
   * @param {number} left
   */
  head(shown, left) {
    const first = new Map(shown.network.nodes.map((node) => [node.row, node]))
    const heads = [...first].map(([row, node]) => {
      const text = svg("text", { class: "head", x: left - 8, y: shown.plan.y(row) + 4, "text-anchor": "end" })
      symbol(text, letter(shown, node), index(shown, node, false), suffix(shown.network, node))
      return text
    })
    this.heads.replaceChildren(...heads)
  }

  /** Colours and numbers; nothing moves. */
  paint() {
    const { shown, measured } = this
    if (!shown || this.folded || !measured?.width) return
    shown.dark = this.dark
    this.strips.paint(shown, this.plan(shown.network), measured.left)
    this.picture.paint(shown, null, null)
    this.legend.paint(shown)
    this.panel.show(shown)
  }

  /** @param {Place} place */
  enter({ node, group }) {
    group.addEventListener("focus", () => {
      this.state.cursor = node.step
      this.walk?.come(node)
    })
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(node)
      else if (!this.walk?.go(node, event.key)) return
      else cursor.put({ axis: AXIS, step: this.state.cursor }, true)
      event.preventDefault()
      event.stopPropagation() // the page's own arrows make training steps
    })
  }

  /** @param {MouseEvent} event */
  press(event) {
    const { shown } = this
    const at = this.under(event)
    if (!shown || !at) return
    const y = event.clientY - this.plot.getBoundingClientRect().top
    const away = (/** @type {Node} */ { row }) => Math.abs(shown.plan.y(row) - y)
    const [nearest] = shown.network.nodes.filter(({ step }) => step === at.step).sort((a, b) => away(a) - away(b))
    this.choose(nearest)
  }

  /**
   * The time step under a pointer, if there is one.
   * @param {MouseEvent} event
   */
  under({ clientX }) {
    const steps = this.steps(AXIS)
    if (!this.measured || !steps) return null
    const step = stepAt(clientX - this.plot.getBoundingClientRect().left, this.measured, steps)
    return step >= 1 && step <= steps ? { axis: AXIS, step } : null
  }

  /**
   * How many of an axis' steps it shows.
   * @param {string} axis
   */
  steps(axis) {
    return axis === AXIS && this.shown && !this.folded ? this.shown.network.steps : 0
  }

  /** Marks the column of the page's cursor. */
  mark() {
    const { at, pinned } = cursor
    const { measured, marked } = this
    const steps = at ? this.steps(at.axis) : 0
    marked.hidden = !at || !measured || at.step > steps
    if (marked.hidden || !at || !measured) return
    const width = measured.across / steps
    marked.classList.toggle("pinned", pinned)
    Object.assign(marked.style, {
      left: `${measured.left + (at.step - 1) * width}px`,
      width: `${width}px`,
      height: "100%",
    })
  }

  /**
   * The opened cell goes along with the pinned cursor.
   * @param {number | null} step
   */
  follow(step) {
    const { opened } = this.state
    if (!opened || !step || step > this.steps(AXIS) || opened[2] === step - 1) return
    const [layer, direction, , unit] = opened
    this.state.cursor = step
    this.lay()
    this.open([layer, direction, step - 1, unit])
  }

  /** @param {number} step */
  go(step) {
    this.state.cursor = step
    this.lay()
    this.paint()
  }

  /**
   * Opens the cell a node belongs to.
   * @param {Node} node
   */
  choose(node) {
    if (!this.shown) return
    this.state.cursor = node.step
    this.lay()
    this.open(cellOf(this.shown.network, node, this.state.unit))
    cursor.put({ axis: AXIS, step: node.step }, true)
  }

  /** @param {Opened | null} opened */
  open(opened) {
    this.state.opened = opened
    if (opened) this.does.again()
    if (this.shown) this.panel.show(this.shown)
    this.paint()
  }

  close() {
    cursor.leave(this)
    this.follower.close()
    this.panel.close()
  }
}

/** Whether this browser's visitor has folded it away before. */
function remembered() {
  try {
    return localStorage.getItem(FOLDED) === "1"
  } catch {
    return false
  }
}

/** @param {boolean} folded */
function remember(folded) {
  try {
    localStorage.setItem(FOLDED, folded ? "1" : "0")
  } catch { /* then it is asked anew with every page */ }
}
