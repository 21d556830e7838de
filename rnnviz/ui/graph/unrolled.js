// The unrolled graph: one network as the server describes it, seen unrolled in time, folded or as units, and swept.
// Everything that moves moves here, without a word to the server; values come with each frame.

import { cursor, Follower } from "../live/cursor.js"
import { Frames } from "../live/frames.js"
import { Glossary } from "../live/glossary.js"
import { mounts } from "../live/mount.js"
import { typeset } from "../live/text.js"
import { CellView } from "./cell.js"
import { isDark } from "./colours.js"
import { Legend } from "./legend.js"
import { LookView } from "./look.js"
import { cellOf, network, part } from "./network.js"
import { Picture } from "./picture.js"
import { plan } from "./plan.js"
import { axisOf, Pointed } from "./pointed.js"
import { read, weights } from "./reading.js"
import { shapesTable } from "./shapes.js"
import { begin, fit, here } from "./state.js"
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
    this.shown = { data, network: known, state, reading: null, plan: plan(known, this.width, state), dark: false }
    this.sweep = new Sweep(this.shown, (node) => this.follow(node))
    this.picture = new Picture(this.svg, (place) => this.enter(place))
    this.pointed = new Pointed(this.svg, this.shown)
    this.followers = [false, true].map((encoder) =>
      new Follower(axisOf({ encoder }), (step) => step && this.go(step, encoder))
    )
    this.walk = new Walk(this.shown, this.picture.places, (step, encoder) => this.go(step, encoder))
    this.tools = new Tools(this.find(".tools"), data.text, state, this.sweep, {
      show: (change) => this.show(change),
      go: (step, encoder) => {
        this.go(step, encoder)
        cursor.put({ axis: axisOf({ encoder }), step }, true)
      },
      pick: (unit) => this.pick(unit),
    })
    this.legend = new Legend(this.find(".key"), new Glossary(this.find(".rnnviz-graph"), data.glossary))
    this.look = new LookView(this.find(".look"), () => this.show({ looked: false }))
    this.cell = new CellView(this.find(".cell"), { close: () => this.shut(), repaint: () => this.paint() })
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
    this.tools.fit(data.graph.steps, data.units.h, data.graph.source?.steps ?? 0)
    this.picture.clear()
    this.frames.again()
    this.layout()
  }

  /** Works out where everything belongs, and moves it there. */
  layout(animate = true) {
    this.shown.plan = plan(this.shown.network, this.width, this.shown.state)
    this.picture.lay(this.shown, animate)
    this.pointed.mark()
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
    this.look.show(shown)
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
    if (cursor.at) cursor.tell()
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
   * Shows a time step, of an encoder or of what is none; the opened cell goes along.
   * @param {number} step
   * @param {boolean} encoder
   */
  go(step, encoder) {
    const { state, network } = this.shown
    const at = Math.min(Math.max(step, 1), part(network, { encoder }).steps)
    state[encoder ? "source" : "cursor"] = at
    state.encoder = encoder
    if (!encoder) this.meet(at)
    this.tools.tell()
    const [layer, direction, opened, unit, ...of] = state.opened ?? []
    if (state.opened && Boolean(of.length) === encoder && opened !== at - 1) {
      this.open(/** @type {Opened} */ ([layer, direction, at - 1, unit, ...of]))
    }
    this.layout(false)
  }

  /**
   * Brings into sight what a time step looks at most.
   * @param {number} step
   */
  meet(step) {
    const { state, reading, plan } = this.shown
    const seen = reading ? weights(reading, step) : []
    const most = 1 + seen.indexOf(Math.max(...seen))
    if (most && plan.x({ step: most, encoder: true }) === undefined) state.source = most
  }

  /** @param {number} unit */
  pick(unit) {
    const { state, data } = this.shown
    state.unit = Math.min(Math.max(unit, 0), data.units.h - 1)
    if (state.opened) {
      const [layer, direction, step, , ...of] = state.opened
      this.open([layer, direction, step, state.unit, ...of])
    }
    this.paint()
  }

  /**
   * Lets the window and the opened cell go where the sweep is.
   * @param {Node | null} node
   */
  follow(node) {
    if (node && !here(this.shown.state, node)) this.go(node.step, node.encoder)
    else this.paint()
  }

  /**
   * Opens the cell that a node belongs to; a context is no cell's.
   * @param {Node} node
   */
  choose(node) {
    const { network, state, data } = this.shown
    if (data.example) return
    state.looked = node.kind === "ctx"
    if (state.looked) state.opened = null
    else this.open(cellOf(network, node, state.unit))
    const at = Math.min(Math.max(node.step, 1), part(network, node).steps)
    this.go(at, node.encoder)
    cursor.put({ axis: axisOf(node), step: at }, true)
  }

  /** @param {Opened} opened */
  open(opened) {
    this.shown.state.opened = opened
    this.frames.again()
  }

  /** Closes the cell. */
  shut() {
    this.shown.state.opened = null
    this.paint()
  }

  close() {
    this.sweep.stop()
    this.pointed.close()
    for (const follower of this.followers) follower.close()
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
