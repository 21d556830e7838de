// The unrolled graph: one network as the server describes it, seen unrolled in time, folded or as units, and swept.
// Everything that moves moves here, without a word to the server; values come with each frame.

import { Frames } from "../live/frames.js"
import { Glossary } from "../live/glossary.js"
import { mounts } from "../live/mount.js"
import { typeset } from "../live/text.js"
import { CellView } from "./cell.js"
import { isDark } from "./colours.js"
import { Legend } from "./legend.js"
import { network } from "./network.js"
import { Picture } from "./picture.js"
import { plan } from "./plan.js"
import { read } from "./reading.js"
import { shapesTable } from "./shapes.js"
import { begin, fit } from "./state.js"
import { Sweep } from "./sweep.js"
import { tale } from "./telling.js"
import { Tools } from "./tools.js"
import { Walk } from "./walk.js"

/** @import { Component, Words } from "../live/sent.d.ts" */
/** @import { Place } from "./nodes.js" */
/** @import { Data, GraphFrame, Node, Opened, Reading } from "./sent.d.ts" */
/** @import { State } from "./state.js" */

/**
 * @typedef {object} Shown all that the drawing and the words depend on
 * @property {Data} data what the script has sent
 * @property {import("./network.js").Network} network
 * @property {State} state
 * @property {Reading | null} reading what the last frame says, if there was one of this network
 * @property {import("./plan.js").Plan} plan
 * @property {boolean} dark
 */

export default mounts((/** @type {HTMLElement} */ root, /** @type {Data} */ data) => new Unrolled(root, data))

class Unrolled {
  key = ""
  /** @type {Words} by place */
  written = {}
  about = "" // what the sentence speaks of

  /**
   * @param {HTMLElement} root
   * @param {Data} data
   */
  constructor(root, data) {
    this.root = root
    const [state, known] = [begin(), network(data.graph)]
    /** @type {Shown} */
    this.shown = { data, network: known, state, reading: null, plan: plan(known, this.width, 1), dark: false }
    this.sweep = new Sweep(this.shown, (node) => this.follow(node))
    this.picture = new Picture(this.svg, (place) => this.enter(place))
    this.walk = new Walk(this.shown, this.picture.places, (step) => this.go(step))
    this.tools = new Tools(this.find(".tools"), data.text, state, this.sweep, {
      show: (change) => this.show(change),
      go: (step) => this.go(step),
      pick: (unit) => this.pick(unit),
    })
    this.legend = new Legend(this.find(".key"), new Glossary(this.find(".rnnviz-graph"), data.glossary))
    this.cell = new CellView(this.find(".cell"), { close: () => this.look(null), repaint: () => this.paint() })
    this.frames = /** @type {Frames<GraphFrame>} */ (new Frames(data, {
      draw: (frame) => this.take(frame),
      say: (words) => this.say(words),
      more: () => ({ opened: state.opened }),
    }))
    this.svg.setAttribute("aria-label", data.text.graph)
    this.resizing = new ResizeObserver(() => this.layout())
    this.resizing.observe(this.svg)
    this.leaving = new AbortController()
    addEventListener("keydown", (event) => this.press(event), this.leaving)
    root.addEventListener("keydown", keepSpace)
  }

  /**
   * @param {string} query
   * @returns {HTMLElement}
   */
  find(query) {
    return /** @type {HTMLElement} */ (this.root.querySelector(query))
  }

  get svg() {
    return /** @type {SVGSVGElement} */ (this.root.querySelector(".graph"))
  }

  get width() {
    return this.svg.clientWidth || 900
  }

  /**
   * Runs at every rerun of the script and when the theme changes.
   * @param {Component<Data>} component
   */
  update(component) {
    const { data } = component
    this.shown.data = data
    this.shown.dark = isDark(getComputedStyle(this.root).getPropertyValue("--st-background-color"))
    this.frames.update(component)
    if (data.key === this.key) return this.paint()
    this.key = data.key
    this.build(data)
  }

  /**
   * Begins another network's graph; what was chosen stays, as far as there is such a thing in it.
   * @param {Data} data
   */
  build(data) {
    this.sweep.stop()
    this.shown.network = network(data.graph)
    this.shown.reading = null
    fit(this.shown.state, data)
    this.find(".rnnviz-graph").dataset.states = String(data.states.length)
    this.tools.fit(data.graph.steps, data.units.h)
    this.picture.clear()
    this.frames.again()
    this.layout()
  }

  /** Works out where everything belongs, and moves it there. */
  layout(animate = true) {
    this.shown.plan = plan(this.shown.network, this.width, this.shown.state.cursor)
    this.picture.lay(this.shown, animate)
    this.walk.wait()
    this.paint()
  }

  /** Colours and words; nothing moves. */
  paint() {
    const { shown, sweep } = this
    this.picture.paint(shown, sweep.reached, sweep.current)
    this.tell(sweep.current)
    this.write("changed", shown.data.changed)
    this.legend.paint(shown)
    this.tools.paint(Boolean(shown.reading))
    this.find(".lens").hidden = !shown.state.shapes
    if (shown.state.shapes) shapesTable(this.find(".lens"), shown.data)
    this.cell.show(shown)
  }

  /**
   * Says it, and to a screen reader only where something else is spoken of: not when its number changes, nor in a sweep.
   * @param {Node | null} node
   */
  tell(node) {
    const sentence = tale(this.shown, node)
    this.write("said", sentence)
    const { playing, direction, space, folded } = this.shown.state
    const about = playing ? this.about : `${node?.id} ${direction} ${space} ${folded} ${this.key}`
    if (about !== this.about) this.write("aloud", sentence)
    this.about = about
  }

  /**
   * @param {string} name
   * @param {string} sentence
   */
  write(name, sentence) {
    if (this.written[name] !== sentence) typeset(this.find(`.${name}`), this.written[name] = sentence)
  }

  /** @param {GraphFrame} frame */
  take(frame) {
    const { values } = frame
    if (frame.key !== this.key || !values) return
    this.shown.reading = read({ ...frame, values })
    this.paint()
  }

  /** @param {Words} words */
  say(words) {
    for (const [word, sentence] of Object.entries(words)) {
      const place = this.root.querySelector(`[data-word=${word}]`)
      if (place && this.written[word] !== sentence) typeset(place, this.written[word] = sentence)
    }
  }

  /**
   * A node comes into the drawing: it can be pressed, and walked to.
   * @param {Place} place
   */
  enter({ node, group }) {
    group.addEventListener("click", () => this.choose(node))
    group.addEventListener("focus", () => this.walk.come(node))
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(node)
      else if (!this.walk.go(node, event.key)) return
      event.preventDefault()
      event.stopPropagation() // the page's own arrows make training steps
    })
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")
    if (!this.shown.reading || typing || event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.toLowerCase()
    if (key === "j") this.sweep.move(-1)
    if (key === "k") this.sweep.play(!this.shown.state.playing)
    if (key === "l") this.sweep.move(1)
  }

  /** @param {Partial<State>} change */
  show(change) {
    Object.assign(this.shown.state, change)
    this.layout(change.shapes === undefined) // which move nothing
  }

  /**
   * Shows a time step; the opened cell goes along.
   * @param {number} step
   */
  go(step) {
    const { state, network } = this.shown
    state.cursor = Math.min(Math.max(step, 1), network.steps)
    this.tools.tell()
    if (state.opened && state.opened[2] !== state.cursor - 1) {
      const [layer, direction, , unit] = state.opened
      this.open([layer, direction, state.cursor - 1, unit])
    }
    this.layout(false)
  }

  /** @param {number} unit */
  pick(unit) {
    const { state, data } = this.shown
    state.unit = Math.min(Math.max(unit, 0), data.units.h - 1)
    if (state.opened) this.open([state.opened[0], state.opened[1], state.opened[2], state.unit])
    this.paint()
  }

  /**
   * Lets the window and the opened cell go where the sweep is.
   * @param {Node | null} node
   */
  follow(node) {
    if (node && node.step !== this.shown.state.cursor) this.go(node.step)
    else this.paint()
  }

  /**
   * Opens the cell that a node belongs to: an input's is the first layer's, an answer's the last one's.
   * @param {Node} node
   */
  choose({ kind, layer, direction, step }) {
    const { network, state, data } = this.shown
    if (data.example) return
    const of = layer ? layer : kind === "x" ? 1 : network.layers
    const at = Math.min(Math.max(step, 1), network.steps)
    this.open([of - 1, direction, at - 1, state.unit])
    this.go(at)
  }

  /** @param {Opened} opened */
  open(opened) {
    this.shown.state.opened = opened
    this.frames.again()
  }

  /** @param {Opened | null} opened */
  look(opened) {
    this.shown.state.opened = opened
    this.paint()
  }

  close() {
    this.sweep.stop()
    this.picture.close()
    this.frames.close()
    this.resizing.disconnect()
    this.leaving.abort()
  }
}

/**
 * The page's own shortcuts, such as space for pausing, must not take what is meant for a button or a node.
 * @param {KeyboardEvent} event
 */
function keepSpace(event) {
  const taken = event.target instanceof Element && event.target.closest("button, .node, input")
  if (taken && event.key === " ") event.stopPropagation()
}
