// The tree as it is drawn: a column for each step, the kept branches on top of it, the best first, the pruned below.

import { cursor } from "../live/cursor.js"
import { decimals } from "../live/numbers.js"
import { fill } from "../live/text.js"
import { set, svg, symbol } from "../graph/drawing.js"

/** @import { Place as Step } from "../live/cursor.js" */
/** @import { Branch, Drawn } from "./tree.d.ts" */

const COLUMN = 96, ROW = 46, WIDTH = 74, HEIGHT = 36, LEFT = 30, TOP = 30, GAP = 20
const LONGEST = 9 // characters of a token that have room
const AXIS = "t" // of the cursor

/** @typedef {{ group: SVGGElement, edge: SVGPathElement, name: Element, value: Element }} Place */

export class Branches {
  /** @type {Drawn | null} */
  drawn = null
  /** @type {Map<string, Place>} by column and row: the elements stay, whichever branch is there */
  places = new Map()
  /** @type {Map<string, Branch>} */
  there = new Map()
  current = "0-0" // where the keys are
  /** @type {string | null} */
  pointed = null // or in focus: which of them is told of
  /** @type {string | null} */
  tapped = null // for the first time: it is told of, and not pressed yet

  /**
   * @param {HTMLElement} place
   * @param {Record<string, string>} text
   * @param {object} does
   * @param {(branch: Branch | undefined) => void} does.tell nothing where there is none any more
   * @param {(branch: Branch) => void} does.press
   */
  constructor(place, text, { tell, press }) {
    this.text = text
    this.tell = tell
    this.press = press
    this.svg = svg("svg", { role: "group", "aria-label": text.tree })
    this.edges = svg("g")
    this.ways = svg("g")
    this.boxes = svg("g")
    this.heads = svg("g")
    this.band = svg("rect", { class: "cursor", width: WIDTH + 12, y: 0, rx: 8 }) // the page's cursor
    this.part = svg("rect", { class: "part", width: WIDTH + 16, y: 0, rx: 8 }) // where greedy and beam part
    this.border = svg("line", { class: "border" })
    this.below = svg("text", { class: "below", x: 0 })
    this.below.textContent = text.pruned_below
    this.best = svg("path", { class: "way best" })
    this.greedy = svg("path", { class: "way greedy" })
    this.ways.append(this.best, this.greedy)
    this.svg.append(this.part, this.band, this.border, this.below, this.edges, this.ways, this.heads, this.boxes)
    place.append(this.svg)
    this.svg.addEventListener("keydown", (event) => this.walk(event))
    this.svg.addEventListener(
      "pointermove",
      (event) => event.pointerType === "mouse" && cursor.point(this.under(event)),
    )
    for (const event of ["pointerleave", "focusout"]) this.svg.addEventListener(event, () => cursor.point(null))
    this.svg.addEventListener("click", (event) => this.pin(event))
    cursor.join(this)
  }

  /** @param {Drawn} drawn */
  show(drawn) {
    this.drawn = drawn
    const { branches, steps, rows, beam, parts } = drawn
    const width = LEFT + COLUMN * steps, height = this.y(rows)
    set(this.svg, { width, height, viewBox: `0 0 ${width} ${height}` })
    const y = this.y(beam) - GAP / 2 - 4
    set(this.border, { x1: LEFT + WIDTH, x2: width, y1: y, y2: y })
    set(this.below, { y: y + 5 })
    this.part.setAttribute("visibility", parts === null ? "hidden" : "visible")
    set(this.part, { x: LEFT + COLUMN * (parts ?? 0) - 8, height })
    this.there = new Map(branches.map((branch) => [`${branch.step}-${branch.row}`, branch]))
    if (!this.there.has(this.current)) this.current = "0-0"
    for (const [at, branch] of this.there) this.draw(at, branch)
    for (const [at, { group, edge }] of this.places) {
      if (!this.there.has(at)) [group, edge].forEach((part) => part.setAttribute("visibility", "hidden"))
    }
    this.best.setAttribute("d", this.way((branch) => branch.best, 3))
    this.greedy.setAttribute("d", this.way((branch) => branch.greedy, -3))
    this.number(steps)
    this.mark()
    if (this.pointed) this.tell(this.there.get(this.pointed))
  }

  /**
   * Where a row begins, in pixels; the kept are apart from the pruned.
   * @param {number} row
   */
  y(row) {
    return TOP + ROW * row + (row < (this.drawn?.beam ?? 0) ? 0 : GAP)
  }

  /** Marks the column of the cursor's step. */
  mark() {
    const { at, pinned } = cursor
    const shown = at && at.step <= this.steps(at.axis)
    this.band.style.display = shown ? "" : "none"
    this.band.classList.toggle("pinned", pinned)
    if (shown) set(this.band, { x: LEFT + COLUMN * (at.step - 1) - 6, height: this.y(this.drawn?.rows ?? 0) })
  }

  /** @param {string} axis */
  steps(axis) {
    return axis === AXIS ? this.drawn?.steps ?? 0 : 0
  }

  /**
   * The step whose column is under a pointer.
   * @param {MouseEvent} event
   * @returns {Step | null}
   */
  under({ clientX }) {
    const { left, width } = this.svg.getBoundingClientRect()
    const steps = this.steps(AXIS)
    const x = ((clientX - left) * (LEFT + COLUMN * steps)) / width // a projector shows it larger
    const step = Math.floor((x - LEFT + (COLUMN - WIDTH) / 2) / COLUMN) + 1
    return step >= 1 && step <= steps ? { axis: AXIS, step } : null
  }

  /**
   * Pins the cursor where a column was pressed beside its boxes, which have another use for that.
   * @param {MouseEvent} event
   */
  pin(event) {
    const at = this.under(event)
    if (at && event.target instanceof Element && !event.target.closest(".branch")) cursor.press(at)
  }

  close() {
    cursor.leave(this)
  }

  /**
   * The steps' names.
   * @param {number} steps
   */
  number(steps) {
    while (this.heads.childElementCount < steps) {
      const n = this.heads.childElementCount
      const head = svg("text", { class: "head", x: LEFT + COLUMN * n + WIDTH / 2, y: 18 })
      symbol(head, "y", String(n + 1), "")
      this.heads.append(head)
    }
    while (this.heads.childElementCount > steps) this.heads.lastElementChild?.remove()
  }

  /**
   * @param {string} at
   * @param {Branch} branch
   */
  draw(at, branch) {
    const place = this.places.get(at) ?? this.make(at)
    const { group, edge, name, value } = place
    const kind = [
      "branch",
      branch.kept ? "kept" : "pruned",
      ...["ended", "forced", "greedy", "best"].filter((name) => branch[/** @type {keyof Branch} */ (name)]),
    ].join(" ")
    if (group.getAttribute("class") !== kind) {
      group.setAttribute("class", kind)
      edge.setAttribute("class", `edge ${branch.kept ? "kept" : "pruned"}`)
    }
    for (const part of [group, edge]) part.removeAttribute("visibility")
    group.setAttribute("tabindex", at === this.current ? "0" : "-1")
    const moved = `translate(${LEFT + COLUMN * branch.step} ${this.y(branch.row)})`
    if (group.getAttribute("transform") !== moved) group.setAttribute("transform", moved)
    const short = branch.name.length > LONGEST ? `${branch.name.slice(0, LONGEST - 1)}\u2026` : branch.name
    write(name, short)
    write(value, decimals(branch.total, 2))
    const d = this.curve(branch, 0)
    if (edge.getAttribute("d") !== d) edge.setAttribute("d", d)
    const told = this.told(branch)
    if (group.getAttribute("aria-label") !== told) group.setAttribute("aria-label", told)
  }

  /**
   * @param {string} at
   */
  make(at) {
    const group = svg("g", { role: "button" })
    const box = svg("rect", { class: "box", width: WIDTH, height: HEIGHT, rx: 6 })
    const inner = svg("rect", { class: "inner", x: 3, y: 3, width: WIDTH - 6, height: HEIGHT - 6, rx: 4 })
    const bar = svg("rect", { class: "bar", x: WIDTH - 5, y: 6, width: 3, height: HEIGHT - 12 })
    const name = svg("text", { class: "name", x: WIDTH / 2, y: 16 })
    const value = svg("text", { class: "value", x: WIDTH / 2, y: 30 })
    group.append(box, inner, bar, name, value)
    const edge = svg("path", { class: "edge" })
    group.addEventListener("pointerdown", ({ pointerType }) => {
      this.tapped = pointerType === "touch" && this.pointed !== at ? at : null
    })
    group.addEventListener("click", () => this.click(at))
    group.addEventListener("pointerenter", ({ pointerType }) => pointerType === "touch" || this.point(at))
    group.addEventListener("focus", () => {
      this.places.get(this.current)?.group.setAttribute("tabindex", "-1")
      this.current = at
      group.setAttribute("tabindex", "0")
      this.point(at)
    })
    this.edges.append(edge)
    this.boxes.append(group)
    const place = { group, edge, name, value }
    this.places.set(at, place)
    return place
  }

  /** @param {string} at */
  point(at) {
    const branch = this.there.get(at)
    this.pointed = at
    this.tell(branch)
    if (branch) cursor.point({ axis: AXIS, step: branch.step + 1 })
  }

  /**
   * A box was pressed. A finger can't point: its first tap does that, and pins the cursor.
   * @param {string} at
   */
  click(at) {
    const branch = this.there.get(at)
    const first = this.tapped === at
    this.tapped = null
    if (!branch) return
    if (!first) return this.press(branch)
    this.point(at)
    cursor.put({ axis: AXIS, step: branch.step + 1 }, true)
  }

  /**
   * A line from a branch's parent to it.
   * @param {Branch} branch
   * @param {number} aside pixels
   */
  curve({ parent, step, row }, aside) {
    const from = this.drawn?.branches[parent]
    const down = HEIGHT / 2 + aside
    const x = LEFT + COLUMN * step, y = this.y(row) + down
    const u = from ? LEFT + COLUMN * from.step + WIDTH : 0, v = this.y(from?.row ?? 0) + down
    const middle = (u + x) / 2
    return `M${u} ${v} C${middle} ${v} ${middle} ${y} ${x} ${y}`
  }

  /**
   * The whole way of an output.
   * @param {(branch: Branch) => boolean} which
   * @param {number} aside
   */
  way(which, aside) {
    return this.drawn?.branches.filter(which).map((branch) => this.curve(branch, aside)).join(" ") ?? ""
  }

  /**
   * A branch and all before it, the first first.
   * @param {Branch} branch
   * @returns {Branch[]}
   */
  path(branch) {
    const parent = this.drawn?.branches[branch.parent]
    return parent ? [...this.path(parent), branch] : [branch]
  }

  /** @param {Branch} branch */
  told(branch) {
    const state = branch.forced ? "forced" : branch.kept ? branch.ended ? "ended" : "kept" : "pruned"
    const words = this.path(branch).map(({ name }) => name).join(" ")
    const numbers = { own: decimals(branch.own, 3), total: decimals(branch.total, 3) }
    return fill(this.text.told, { step: branch.step + 1, words, state: this.text[`is_${state}`], ...numbers })
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const branch = this.there.get(this.current)
    if (!branch) return
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      event.stopPropagation()
      return this.press(branch)
    }
    const next = WAYS[event.key]
    if (!next) return
    event.preventDefault()
    event.stopPropagation() // the page's own shortcuts
    const there = next(this.drawn?.branches ?? [], branch)
    if (there) this.places.get(`${there.step}-${there.row}`)?.group.focus()
  }
}

/**
 * Where each key leads: to the parent, the best that goes on from it, and up and down within a step.
 * @type {Record<string, (branches: Branch[], from: Branch) => Branch | undefined>}
 */
export const WAYS = {
  ArrowLeft: (branches, from) => branches[from.parent],
  ArrowRight: (branches, from) => branches.find(({ parent }) => branches[parent] === from),
  ArrowUp: (branches, from) => branches.findLast(({ step, row }) => step === from.step && row < from.row),
  ArrowDown: (branches, from) => branches.find(({ step, row }) => step === from.step && row > from.row),
  Home: (branches) => branches.at(0),
}

/**
 * @param {Element} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text
}
