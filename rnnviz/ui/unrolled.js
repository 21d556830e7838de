// The unrolled graph: the marks and edges of one network, moved between its views and swept in time. After frames.js.
// Everything that moves moves here, without a word to the server; values come with each frame.

const SVG = "http://www.w3.org/2000/svg"
const MATHML = "http://www.w3.org/1998/Math/MathML"
const COLUMN = 96 // pixels from one time step to the next
const BOX = { width: 70, height: 58 }
const MARKS = 32 // at most so many units of a vector are drawn
const MOVE = 700 // milliseconds of a move between two views
const FLOOR = 1.1754944e-38 // the smallest number float32 holds in full
const DECADES = 12 // how many powers of ten the width of an edge tells apart
const MATRIX_COLOURS = { W_ih: "#0072B2", W_hh: "#D55E00", W_hy: "#009E73", "": "#888888" }
const SWEEP = { longest: 20000, fastest: 33, slowest: 450 } // milliseconds: of a whole sweep, and of one step of it

const views = new WeakMap()

export default function (component) {
  const { parentElement } = component
  if (!views.has(parentElement)) views.set(parentElement, new Unrolled(parentElement, component.data))
  const view = views.get(parentElement)
  view.update(component)
  return () => {
    view.close()
    views.delete(parentElement)
  }
}

class Unrolled {
  constructor(root, data) {
    this.root = root
    this.find = (query) => root.querySelector(query)
    this.svg = this.find(".graph")
    this.svg.append(...["edges", "nodes", "labels"].map((name) => (this[name] = svg("g", { class: name }))))
    Object.assign(this, { folded: false, space: false, at: { fold: 0, space: 0 }, cursor: 1, unit: 0 })
    Object.assign(this, { direction: "forward", position: -1, playing: false, opened: null, shapes: data.example })
    this.places = new Map() // of every node that is drawn: its group and where it stands
    this.frames = new Frames({
      draw: (frame) => this.take(frame),
      say: (words) => this.say(words),
      more: () => ({ opened: this.opened }),
    })
    this.tools(data.text)
    this.resizing = new ResizeObserver(() => this.layout())
    this.resizing.observe(this.svg)
    this.leaving = new AbortController()
    addEventListener("keydown", (event) => this.press(event), this.leaving)
  }

  update(component) {
    const { data } = component
    this.data = data
    this.frames.update(component)
    if (data.key === this.key) return this.paint()
    this.key = data.key
    this.shapes ||= data.example
    this.build(data.graph)
  }

  // ---------------------------------------------------------------- what is drawn

  build(graph) {
    this.graph = graph
    this.values = null
    this.nodes_ = graph.nodes.map(([kind, step, layer, direction, row], index) => ({
      kind, step, layer, direction, row, index, edges: [], id: `${kind}-${layer}-${direction}-${step}`,
    }))
    this.edges_ = graph.edges.map(([source, target, matrix, layer, direction]) => ({
      source: this.nodes_[source], target: this.nodes_[target], matrix, layer, direction,
    }))
    for (const edge of this.edges_) edge.target.edges.push(edge)
    this.order = this.nodes_.filter(({ kind }) => kind !== "h_0")
    this.cursor = Math.min(this.cursor, graph.steps)
    this.position = -1
    this.stop()
    if (this.opened) {
      const [layer, direction, step, unit] = this.opened
      const there = layer < graph.layers && direction < graph.directions && step < graph.steps
      this.opened = there && unit < this.data.units.h ? this.opened : null
    }
    this.nodes.replaceChildren()
    this.edges.replaceChildren()
    this.places.clear()
    this.drawn = new Map()
    const slider = this.find("[name=cursor]")
    slider.max = graph.steps
    slider.value = this.cursor
    this.find("[name=unit]").max = this.data.units.h
    this.unit = Math.min(this.unit, this.data.units.h - 1)
    this.frames.again()
    this.layout()
  }

  // The time steps that are shown: all, or the first, a window around the cursor, and the last; null is a gap.
  columns() {
    const T = this.graph.steps
    const room = Math.max(4, Math.floor((this.width - 90) / COLUMN) + 1)
    if (T <= room) return Array.from({ length: T }, (_, i) => i + 1)
    const inner = room - 2
    let first = Math.min(Math.max(this.cursor - Math.floor(inner / 2), 1), T - inner + 1)
    const steps = Array.from({ length: inner }, (_, i) => first + i)
    if (first > 1) steps.splice(0, 1, 1, null)
    else steps.push(steps.length + 1)
    if (steps.at(-1) < T) steps.splice(-1, 1, null, T)
    return steps
  }

  // Works out where everything belongs, and moves it there.
  layout(animate = true) {
    if (!this.graph) return
    this.width = this.svg.clientWidth || 900
    const rows = this.graph.rows
    this.pitch = rows > 7 ? 82 : 96
    this.height = rows * this.pitch + 10
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`)
    this.svg.style.height = `${this.height}px`
    const columns = this.columns()
    const x = new Map()
    const left = Math.max(60, (this.width - (columns.length - 1) * COLUMN) / 2)
    const pitch = Math.min(COLUMN, (this.width - 120) / Math.max(columns.length - 1, 1))
    columns.forEach((step, i) => step && x.set(step, left + i * pitch))
    this.column = pitch
    this.gaps = columns.flatMap((step, i) => (step ? [] : [left + i * pitch]))
    x.set(0, (x.get(1) ?? left) - Math.min(54, left - 6))
    x.set(this.graph.steps + 1, (x.get(this.graph.steps) ?? left) + Math.min(54, left - 6))
    this.ends = { x }
    const before = new Set(this.places.keys())
    for (const node of this.nodes_) {
      if (!x.has(node.step)) continue
      const place = this.places.get(node.id) ?? this.enter(node)
      before.delete(node.id)
      place.from = place.now ? { ...place.now } : { x: x.get(node.step), y: this.y(node.row) }
      place.to = { x: x.get(node.step), y: this.y(node.row) }
    }
    for (const id of before) {
      this.places.get(id).group.remove()
      this.places.delete(id)
    }
    this.edges.replaceChildren()
    this.drawn.clear()
    const named = new Set()
    for (const edge of this.edges_) {
      if (!this.places.has(edge.source.id) || !this.places.has(edge.target.id)) continue
      if (Math.abs(edge.source.step - edge.target.step) > 1) continue
      const path = svg("path", { class: "edge" })
      const name = `${edge.matrix}-${edge.layer}-${edge.direction}`
      const first = edge.matrix && !named.has(name) && edge.source.kind !== "h_0"
      if (first) named.add(name)
      this.edges.append(path)
      this.drawn.set(edge, { path, first })
    }
    this.moveTo({ fold: Number(this.folded || this.space), space: Number(this.space) }, animate)
    this.paint()
  }

  y(row) {
    return this.height - 34 - row * this.pitch
  }

  enter(node) {
    const group = svg("g", { class: `node ${node.kind}`, "data-node": node.id, tabindex: 0, role: "button" })
    const box = svg("rect", { class: "box", rx: node.kind === "h" ? 8 : 20 })
    const size = node.kind === "h_0" ? { width: 26, height: 26 } : BOX
    set(box, { x: -size.width / 2, y: -size.height / 2, ...size })
    const name = svg("text", { class: "name", "text-anchor": "middle", y: 5 })
    const value = svg("text", { class: "value", "text-anchor": "middle", y: 23 })
    const marks = svg("g", { class: "marks" })
    const count = Math.min(this.data.units[node.kind] ?? 0, MARKS)
    for (let i = 0; i < count; i++) marks.append(svg("rect", { class: "mark" }))
    const cells = svg("g", { class: "marks" })
    if (node.kind === "h" && this.data.cell === "lstm") {
      for (let i = 0; i < count; i++) cells.append(svg("rect", { class: "mark" }))
    }
    group.append(box, marks, cells, name, value)
    group.addEventListener("click", () => this.choose(node))
    group.addEventListener("keydown", (event) => event.key === "Enter" && this.choose(node))
    this.nodes.append(group)
    const place = { node, group, box, name, value, marks: [...marks.children], cells: [...cells.children], now: null }
    this.places.set(node.id, place)
    return place
  }

  // Moves from how it is drawn now to another mixture of views: fold 1 is one column, space 1 is units.
  moveTo(target, animate) {
    cancelAnimationFrame(this.moving)
    const from = { ...this.at }
    const began = performance.now()
    const duration = animate && !matchMedia("(prefers-reduced-motion: reduce)").matches ? MOVE : 0
    const frame = (now) => {
      const share = duration ? Math.min((now - began) / duration, 1) : 1
      const eased = share * share * (3 - 2 * share)
      this.at = mix(from, target, eased)
      for (const place of this.places.values()) {
        const middle = this.width / 2
        const to = { x: mix(place.to.x, middle, target.fold), y: place.to.y }
        place.now = { x: mix(place.from.x, to.x, eased), y: mix(place.from.y, to.y, eased) }
      }
      this.draw()
      if (share < 1) this.moving = requestAnimationFrame(frame)
      else for (const place of this.places.values()) place.from = { ...place.now }
    }
    frame(began)
  }

  // Draws everything where it is now.
  draw() {
    const { fold, space } = this.at
    for (const place of this.places.values()) {
      const { node, group, marks, cells } = place
      const copy = node.step === this.cursor
      group.setAttribute("transform", `translate(${place.now.x} ${place.now.y})`)
      group.style.display = fold > 0.98 && !copy ? "none" : ""
      place.box.style.opacity = 1 - space
      place.value.style.opacity = 1 - space
      spread(marks, space, this.width, cells.length ? -3 : 1)
      if (cells.length) spread(cells, space, this.width, 6, 26)
      place.name.setAttribute("x", space ? mix(0, -this.width / 2 + 30, space) : 0)
      place.name.setAttribute("y", node.kind === "h_0" ? 5 : mix(marks.length ? -13 : -4, 5, space))
    }
    this.labels.replaceChildren()
    for (const [edge, { path, first }] of this.drawn) {
      const [a, b] = [this.places.get(edge.source.id).now, this.places.get(edge.target.id).now]
      const curve = this.curve(edge, a, b, fold)
      path.setAttribute("d", curve.d)
      const copy = edge.target.step === this.cursor
      path.style.display = fold > 0.98 && !copy ? "none" : ""
      path.style.visibility = space > 0.5 && edge.target.kind !== "loss" && edge.matrix !== "W_hh" ? "hidden" : ""
      const named = fold > 0.5 ? copy : first
      if (named && edge.matrix) this.label(edge, curve, space)
      if (this.shapes && !space && (copy || (fold < 0.5 && this.graph.directions === 1))) this.shape(edge, curve)
    }
    for (const x of fold < 0.5 ? this.gaps : []) {
      for (const row of this.graph.middle) {
        const dots = svg("text", { class: "gap", x, y: this.y(row) + 8, "text-anchor": "middle" })
        dots.textContent = "\u22ef"
        this.labels.append(dots)
      }
    }
    this.wires(space)
  }

  // The path of an edge: up between rows, across between steps, around what stands in between, a loop where it is folded.
  curve(edge, a, b, fold) {
    if (edge.source.row !== edge.target.row) {
      const rows = edge.target.row - edge.source.row
      const [y0, y1] = [a.y - BOX.height / 2, b.y + BOX.height / 2]
      const bend = rows > 1 ? (edge.target.direction || edge.source.direction === 0 ? 1 : -1) * 46 : 0
      const middle = (y0 + y1) / 2
      return {
        d: bend
          ? `M${a.x + 18} ${y0} C${a.x + bend} ${y0 - 20} ${b.x + bend} ${y1 + 20} ${b.x + 18} ${y1}`
          : `M${a.x} ${y0} L${b.x} ${y1}`,
        x: (a.x + b.x) / 2 + (bend ? bend * 0.8 : 0),
        y: middle,
        up: true,
      }
    }
    const sign = edge.direction ? -1 : 1
    const lift = edge.matrix ? 6 : -12
    const half = edge.source.kind === "h_0" ? 13 : BOX.width / 2
    const [x0, x1] = [a.x + sign * half, b.x - (sign * BOX.width) / 2]
    const bulge = Math.max(0, 1 - Math.abs(b.x - a.x) / this.column) * (fold > 0 ? 1 : 0)
    const y = a.y + lift * (1 - bulge)
    const reach = 8 + 44 * bulge
    const top = (edge.matrix ? 62 : 74) * bulge
    const aside = this.at.space * (this.reach(edge.target) + BOX.width / 2 + 14)
    return {
      d: `M${x0 + aside} ${y} C${x0 + aside + sign * reach} ${y - top} ${x1 + aside - sign * reach} ${y - top} ${x1 + aside} ${y}`,
      x: (x0 + x1) / 2 + aside,
      y: y - top * 0.75,
      up: false,
    }
  }

  // How far the units of a node spread from its middle in the space view.
  reach({ kind }) {
    const count = Math.min(this.data.units[kind], MARKS)
    return (count * unitPitch(count, this.width)) / 2
  }

  label(edge, curve, space) {
    const loop = !curve.up && this.at.fold > 0.5
    const x = space > 0.5 ? this.width - 60 : curve.x + (curve.up ? 6 : loop ? -BOX.width : 0)
    const y = curve.up ? curve.y + 4 : space > 0.5 ? this.y(edge.source.row) + 4 : curve.y - (loop ? -8 : this.column < 90 ? 40 : 8)
    const text = svg("text", { class: "matrix", x, y })
    if (!curve.up && space <= 0.5) text.setAttribute("text-anchor", "middle")
    text.style.fill = MATRIX_COLOURS[edge.matrix]
    const layer = this.graph.layers > 1 && edge.layer ? `(${edge.layer})` : ""
    const arrow = this.graph.directions > 1 && edge.layer ? (edge.direction ? "\u2190" : "\u2192") : ""
    symbol(text, "W", edge.matrix.slice(2), layer + arrow)
    this.labels.append(text)
  }

  shape(edge, curve) {
    const name = { loss: "y_t", y: "h_t" }[edge.target.kind] ?? (edge.source.kind === "x" ? "x_t" : "h_t")
    const beside = curve.up ? { x: curve.x + 6, y: curve.y + 17 } : { x: curve.x, y: this.y(edge.source.row) + (edge.matrix ? 44 : -34) }
    const text = svg("text", { class: "shape", ...beside, "text-anchor": curve.up ? "start" : "middle" })
    text.textContent = `(${this.data.shapes[name].sizes.join(", ")})`
    this.labels.append(text)
  }

  // The weights between the units of the copy at the cursor, in the space view.
  wires(space) {
    this.lines?.remove()
    if (space < 0.02) return
    this.lines = svg("g", { class: "wires", opacity: 0.5 * space })
    for (const edge of this.drawn.keys()) {
      if (edge.target.step !== this.cursor || edge.source.row === edge.target.row || edge.target.kind === "loss") continue
      const [from, to] = [this.places.get(edge.source.id), this.places.get(edge.target.id)]
      const stroke = MATRIX_COLOURS[edge.matrix]
      let d = ""
      for (const a of from.marks) {
        for (const b of to.marks) d += `M${centre(from, a)} L${centre(to, b)}`
      }
      this.lines.append(svg("path", { d, stroke, fill: "none", "stroke-width": from.marks.length * to.marks.length > 200 ? 0.4 : 1 }))
    }
    this.svg.prepend(this.lines)
  }

  // ---------------------------------------------------------------- values

  take(frame) {
    this.say(frame.words)
    if (frame.key !== this.key || !frame.values) return
    this.values = Object.fromEntries(Object.entries(frame.values).map(([name, array]) => [name, decode(array)]))
    this.inside = frame.inside && Object.fromEntries(Object.entries(frame.inside).map(([k, v]) => [k, v?.bdata !== undefined ? decode(v) : v]))
    this.step = frame.step
    this.paint()
  }

  // Which of a value's numbers belong to a node.
  vector(node, name = node.kind) {
    const array = this.values?.[name]
    if (!array) return null
    if (name === "h" || name === "c") return row(array, node.layer - 1, node.direction, node.step - 1)
    return row(array, node.step - 1)
  }

  // The norm of the gradient that flows back through an edge.
  flow({ source, target, matrix, layer, direction }) {
    const { values } = this
    if (!values) return NaN
    const t = target.step - 1
    if (target.kind === "loss") return row(values.output, t)[0]
    if (target.kind === "y") return row(values.readout, source.direction, t)[0]
    const cell = [layer - 1, direction]
    if (source.row === target.row) return row(matrix ? values.before : values.cell, ...cell, t)[0]
    return row(values.input, ...cell, source.kind === "x" ? 0 : source.direction, t)[0]
  }

  // Colours and words; nothing moves.
  paint() {
    if (!this.graph) return
    const reached = this.reached()
    const scale = {}
    for (const name of ["x", "y", "c"]) {
      const all = this.values?.[name]?.data
      scale[name] = all ? Math.max(1e-12, ...finite(all)) : 1
    }
    const current = this.position >= 0 ? this.order[this.position] : null
    for (const { node, group, name, value, marks, cells } of this.places.values()) {
      const t = this.at.fold > 0.5 ? "t" : node.step
      const layer = this.graph.layers > 1 && node.layer ? `(${node.layer})` : ""
      const arrow = this.graph.directions > 1 && node.layer ? (node.direction ? "\u2190" : "\u2192") : ""
      if (node.kind === "h_0") name.textContent = "0"
      else if (node.kind === "loss") symbol(name, "loss", t, "")
      else symbol(name, node.kind, t, layer + arrow)
      const shown = reached ? reached.has(node) : true
      group.style.opacity = shown ? 1 : 0.28
      group.classList.toggle("now", node === current || (!current && node.step === this.cursor && node.kind === "h"))
      const [l, d, s] = this.opened ?? []
      group.classList.toggle("opened", node.kind === "h" && node.layer - 1 === l && node.direction === d && node.step - 1 === s)
      const numbers = this.vector(node)
      const known = numbers && (this.direction === "backward" || shown)
      colour(marks, known ? numbers : null, node.kind === "h" ? 1 : scale[node.kind])
      if (cells.length) colour(cells, known ? this.vector(node, "c") : null, scale.c)
      value.textContent = known ? this.short(node, numbers) : ""
      group.setAttribute("aria-label", `${name.textContent} ${value.textContent}`)
    }
    const norms = new Map([...this.drawn.keys()].map((edge) => [edge, this.flow(edge)]))
    const largest = this.direction === "backward" && this.values ? this.largest() : 0
    for (const [edge, { path }] of this.drawn) {
      const back = this.direction === "backward" && (this.position >= 0 || this.playing)
      const on = reached ? reached.has(edge.target) && (back || reached.has(edge.source) || edge.source.kind === "h_0") : true
      const norm = norms.get(edge)
      if (back && on && edge.source.kind !== "h_0") {
        const dead = !(norm >= FLOOR)
        const share = dead ? 0 : Math.min(Math.max(1 + Math.log10(norm / largest) / DECADES, 0), 1)
        set(path, { stroke: dead ? "#888888" : warmth(share), "stroke-width": 1 + 8 * share, "stroke-dasharray": dead ? "2 7" : "" })
        path.dataset.norm = norm
      } else {
        set(path, { stroke: MATRIX_COLOURS[edge.matrix], "stroke-width": edge.target === current ? 4 : 2, "stroke-dasharray": edge.matrix ? "" : "5 3" })
        delete path.dataset.norm
      }
      path.style.opacity = on ? 1 : 0.18
    }
    typeset(this.find(".said"), this.tale(current))
    this.legend(largest)
    this.tell(current)
    this.lens()
    this.look()
  }

  largest() {
    const { output, readout, input, before } = this.values
    return Math.max(FLOOR, ...[output, readout, input, before].flatMap(({ data }) => finite(data)))
  }

  // The nodes a sweep has come to; null when there is none.
  reached() {
    if (this.position < 0) return null
    const done = this.direction === "forward" ? this.order.slice(0, this.position + 1) : this.order.slice(this.position)
    return new Set(done)
  }

  short(node, numbers) {
    if (node.kind === "h") return digits(numbers[this.unit] ?? NaN, 3)
    if (numbers.length === 1) return digits(numbers[0], 3)
    const words = this.data.words_[node.kind]
    if (!words) return ""
    const best = numbers.indexOf(Math.max(...numbers))
    return numbers[best] > 0 ? words[best] : ""
  }

  // One sentence: what is computed at this point of a sweep, and what came out.
  tale(node) {
    const { text } = this.data
    if (this.data.example) return text.example
    if (!node) return text[this.space ? "space" : this.folded ? "folded" : "time"]
    const numbers = this.vector(node) ?? []
    const t = node.step
    const value = node.kind === "h" ? numbers[this.unit] : numbers[0]
    const name = node.kind === "loss" ? `loss_${t}` : `${node.kind}_${t}`
    const where = node.kind === "h" && this.graph.layers * this.graph.directions > 1 ? ` (${this.where(node)})` : ""
    if (this.direction === "forward") {
      return fill(text.forward[node.kind], {
        name: name + where, t, before: node.direction ? t + 1 : t - 1, unit: this.unit + 1, value: digits(value, 4),
      })
    }
    if (node.kind === "h") {
      const total = row(this.values.total, node.layer - 1, node.direction, t - 1)[0]
      return fill(total >= FLOOR ? text.backward.h : text.backward.dead, { name: `dL/dh_${t}` + where, t, norm: digits(total, 3) })
    }
    const into = node.kind === "loss" ? 1 / this.order.filter(({ kind }) => kind === "loss").length : this.flow(this.edges_.find(({ source }) => source === node) ?? { target: {} })
    return fill(text.backward[node.kind], { name: `dL/d${name}`, t, norm: digits(into, 3) })
  }

  where(node) {
    const { text } = this.data
    const direction = this.graph.directions > 1 ? `, ${text.directions[node.direction]}` : ""
    return fill(text.layer, { layer: node.layer }) + direction
  }

  legend(largest) {
    const place = this.find(".key")
    const { text } = this.data
    if (this.direction === "backward" && this.position >= 0 && largest) {
      place.textContent = fill(text.flow, { largest: digits(largest, 2), floor: "1.2e-38", decades: DECADES })
      return
    }
    place.replaceChildren(text.colours)
    for (const [matrix, colour] of Object.entries(MATRIX_COLOURS)) {
      if (!text.matrices[matrix]) continue
      const line = element("i", "")
      line.style.background = colour
      const words = element("span", "")
      typeset(words, text.matrices[matrix])
      place.append(line, words)
    }
  }

  // ---------------------------------------------------------------- buttons and keys

  tools(text) {
    const place = this.find(".tools")
    const button = (name, label, act, key) => {
      const made = element("button", label, { act: name })
      made.type = "button"
      if (key) made.append(element("kbd", key))
      made.addEventListener("click", act)
      place.append(made)
      return made
    }
    const space = () => place.append(document.createElement("span"))
    button("fold", text.fold, () => this.show({ folded: !this.folded }))
    button("space", text.space_view, () => this.show({ space: !this.space }))
    space()
    button("forward", text.forward_sweep, () => this.start("forward"))
    button("backward", text.backward_sweep, () => this.start("backward"))
    button("back", "\u25c0", () => this.move(-1), "J").setAttribute("aria-label", text.one_back)
    button("play", "\u25b6", () => this.play(!this.playing), "K").setAttribute("aria-label", text.play)
    button("on", "\u25b6|", () => this.move(1), "L").setAttribute("aria-label", text.one_on)
    button("clear", "\u2715", () => this.clear()).setAttribute("aria-label", text.clear)
    space()
    const input = (name, label, options, act) => {
      const made = document.createElement("input")
      Object.assign(made, { name, ...options })
      made.addEventListener("input", () => made.value && act(Math.round(made.valueAsNumber)))
      const words = element("label", label)
      words.append(made)
      place.append(words)
    }
    input("cursor", text.time_step, { type: "range", min: 1, value: 1 }, (step) => this.go(step))
    input("unit", text.unit, { type: "number", min: 1, value: 1 }, (unit) => this.pick(unit - 1))
    button("shapes", text.shapes, () => {
      this.shapes = !this.shapes
      this.draw()
      this.paint()
    })
  }

  tell() {
    const { text } = this.data
    const press = (name, on) => this.find(`[data-act=${name}]`).setAttribute("aria-pressed", on)
    this.find("[data-act=fold]").firstChild.data = this.folded ? text.unfold : text.fold
    this.find("[data-act=space]").firstChild.data = this.space ? text.time_view : text.space_view
    this.find("[data-act=play]").firstChild.data = this.playing ? "\u2016" : "\u25b6"
    this.find("[data-act=fold]").disabled = this.space
    for (const name of ["forward", "backward"]) press(name, this.position >= 0 && this.direction === name)
    press("space", this.space)
    press("shapes", this.shapes)
    this.find("[data-act=clear]").disabled = this.position < 0
  }

  press(event) {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]")
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return
    const act = { j: () => this.move(-1), k: () => this.play(!this.playing), l: () => this.move(1) }[event.key.toLowerCase()]
    act?.()
  }

  show(change) {
    Object.assign(this, change)
    this.layout()
  }

  go(step) {
    this.cursor = Math.min(Math.max(step, 1), this.graph.steps)
    this.find("[name=cursor]").value = this.cursor
    if (this.opened && this.opened[2] !== this.cursor - 1) this.open({ step: this.cursor - 1 })
    this.layout(false)
  }

  pick(unit) {
    this.unit = Math.min(Math.max(unit, 0), this.data.units.h - 1)
    if (this.opened) this.open({ unit: this.unit })
    this.paint()
  }

  start(direction) {
    this.direction = direction
    this.position = direction === "forward" ? 0 : this.order.length - 1
    this.follow()
    this.play(true)
  }

  play(on) {
    this.stop()
    if (on) {
      const ended = this.direction === "forward" ? this.position >= this.order.length - 1 : this.position === 0
      if (this.position < 0 || ended) this.position = this.direction === "forward" ? 0 : this.order.length - 1
      this.playing = true
      const { longest, fastest, slowest } = SWEEP
      const pause = Math.min(Math.max(longest / this.order.length, fastest), slowest)
      let due = performance.now() + pause
      const frame = (now) => {
        if (!this.playing) return
        if (now >= due) {
          due = Math.max(due + pause, now)
          if (!this.advance(1)) this.stop()
        }
        this.sweeping = requestAnimationFrame(frame)
      }
      this.sweeping = requestAnimationFrame(frame)
      this.follow()
    }
    this.paint()
  }

  stop() {
    this.playing = false
    cancelAnimationFrame(this.sweeping)
  }

  move(by) {
    this.stop()
    this.advance(by)
    this.paint()
  }

  clear() {
    this.stop()
    this.position = -1
    this.paint()
  }

  // Goes on (or back, by -1) in the direction of the sweep; says whether there was anywhere to go.
  advance(by) {
    const way = this.direction === "forward" ? by : -by
    const last = this.order.length - 1
    if (this.position < 0) this.position = this.direction === "forward" ? 0 : last
    else if (this.position + way < 0 || this.position + way > last) return false
    else this.position += way
    this.follow()
    return true
  }

  // Lets the window and the opened cell go where the sweep is.
  follow() {
    const node = this.order[this.position]
    if (node && node.step !== this.cursor) this.go(node.step)
    else this.paint()
  }

  choose(node) {
    if (this.data.example) return
    const layer = node.kind === "h" || node.kind === "h_0" ? node.layer - 1 : node.kind === "x" ? 0 : this.graph.layers - 1
    const step = Math.min(Math.max(node.step, 1), this.graph.steps) - 1
    this.open({ layer, direction: node.direction, step, unit: this.unit })
    this.go(step + 1)
  }

  open(change) {
    const [layer, direction, step, unit] = this.opened ?? [0, 0, 0, 0]
    const { layer: l, direction: d, step: s, unit: u } = { layer, direction, step, unit, ...change }
    this.opened = [l, d, s, u]
    this.frames.again()
  }

  // ---------------------------------------------------------------- inside the cell

  look() {
    const place = this.find(".cell")
    place.hidden = !this.opened
    if (!this.opened || !this.inside) return
    const { opened, ...numbers } = this.inside
    if (String(opened) !== String(this.opened)) return // what was opened before; the new is on its way
    const [layer, direction, step, unit] = opened
    const { text, equations } = this.data
    const key = `${layer}-${direction}-${this.key}`
    if (place.dataset.shows !== key) this.compose(place, equations[`${layer}-${direction}`], direction ? "t+1" : "t-1")
    place.dataset.shows = key
    place.dataset.opened = opened
    const where = this.where({ layer: layer + 1, direction })
    typeset(place.querySelector("h3"), fill(text.inside, { where, t: step + 1, unit: unit + 1 }))
    place.querySelector(".stand").textContent = fill(text.stand, { step: this.step.toLocaleString("en") })
    const value = (name) => (numbers[name]?.data ?? numbers[`values.${name}`]?.data)?.[name === "x" ? 0 : unit] ?? NaN
    for (const spot of place.querySelectorAll("[data-value]")) {
      const text = decimals(value(spot.dataset.value))
      spot.textContent = text.startsWith("\u2212") && spot.dataset.after ? `(${text})` : text
    }
    this.sums(place.querySelector(".sums"), numbers, unit)
    if (place.querySelector(".vectors").open) this.vectors(place.querySelector(".vectors div"), numbers)
  }

  compose(place, equations, before) {
    const { text } = this.data
    const header = document.createElement("header")
    const close = element("button", text.close)
    close.type = "button"
    close.addEventListener("click", () => {
      this.opened = null
      this.paint()
    })
    header.append(document.createElement("h3"), close)
    const inside = element("div", "")
    inside.className = "inside"
    const list = element("div", "")
    list.className = "equations"
    for (const { name, does, letters, numbers } of equations) {
      const line = element("div", "", { equation: name })
      line.className = "equation"
      const lines = element("div", "")
      lines.className = "scroll"
      // Made by this program from its own formulas, on the server.
      for (const math of [letters, numbers]) lines.append(document.importNode(new DOMParser().parseFromString(math, "text/xml").documentElement, true))
      for (const spot of lines.querySelectorAll("mtext")) {
        if (!spot.textContent.startsWith("@")) continue
        const place = document.createElementNS(MATHML, "mn")
        place.dataset.value = spot.textContent.slice(1)
        // A negative number after a sign needs brackets.
        if (["+", "\u2212", "\u00b7", "\u22c5"].includes(spot.previousElementSibling?.textContent)) place.dataset.after = "sign"
        spot.replaceWith(place)
      }
      line.append(element("small", does), lines)
      list.append(line)
    }
    const picture = element("div", "")
    picture.className = "scroll"
    picture.append(diagram(this.data.cell, this.data.function, before))
    inside.append(picture, list)
    const stand = element("p", "")
    stand.className = "stand"
    const sums = element("details", "")
    sums.append(element("summary", text.sums), element("div", ""))
    sums.className = "sums"
    const vectors = element("details", "")
    vectors.append(element("summary", text.vectors), element("div", ""))
    vectors.className = "vectors"
    vectors.addEventListener("toggle", () => this.paint())
    place.replaceChildren(header, stand, inside, sums, vectors)
  }

  // The sums behind W_ih x_t and W_hh h_(t-1) of the chosen unit, term by term.
  sums(place, numbers, unit) {
    if (!place.open) {
      place.ontoggle = () => this.paint()
      return
    }
    const table = document.createElement("table")
    for (const [kind, from, letter] of [["weights_x", "x", "x"], ["weights_h", "h_before", "h"]]) {
      for (const [name, { data }] of Object.entries(numbers).filter(([name]) => name.startsWith(kind))) {
        const gate = name.split(".")[1]
        const terms = [...data].map((weight, i) => `${decimals(weight)} \u00b7 ${decimals(numbers[from].data[i])}`)
        const total = [...data].reduce((sum, weight, i) => sum + weight * numbers[from].data[i], 0)
        const line = document.createElement("tr")
        const sub = gate === "h" ? (letter === "x" ? "ih" : "hh") : (letter === "x" ? "i" : "h") + (gate === "m" ? "n" : gate)
        const title = document.createElement("th")
        typeset(title, `W_${sub}`)
        line.append(title, element("td", `${terms.join(" + ")} = ${decimals(total)}`))
        table.append(line)
      }
    }
    const box = element("div", "")
    box.className = "scroll"
    box.append(table)
    place.lastElementChild.replaceChildren(box)
  }

  vectors(place, numbers) {
    const table = document.createElement("table")
    for (const [name, { data }] of Object.entries(numbers)) {
      if (name.startsWith("weights")) continue
      const line = document.createElement("tr")
      line.append(element("th", this.data.names[name.replace("values.", "")] ?? name), ...[...data].map((v) => element("td", decimals(v))))
      table.append(line)
    }
    const box = element("div", "")
    box.className = "scroll"
    box.append(table)
    place.replaceChildren(box)
  }

  // ---------------------------------------------------------------- shapes

  lens() {
    const place = this.find(".lens")
    place.hidden = !this.shapes
    if (!this.shapes) return
    const { shapes, parameters, text, changed } = this.data
    const stamp = JSON.stringify([shapes, parameters, changed])
    if (place.dataset.shows === stamp) return
    place.dataset.shows = stamp
    const table = document.createElement("table")
    for (const [name, { letters, sizes }] of Object.entries(shapes)) {
      const line = document.createElement("tr")
      const title = document.createElement("th")
      typeset(title, name)
      line.append(title, element("td", `(${letters.join(", ")})`), element("td", `(${sizes.join(", ")})`))
      table.append(line)
    }
    const counts = document.createElement("table")
    for (const [what, formula, count] of parameters.parts) {
      const line = document.createElement("tr")
      const title = document.createElement("th")
      typeset(title, what)
      line.append(title, element("td", formula), element("td", count.toLocaleString("en")))
      counts.append(line)
    }
    const box = element("div", "")
    box.className = "scroll"
    box.append(table, element("h3", fill(text.parameters, { count: parameters.count.toLocaleString("en") })), counts)
    place.replaceChildren(element("h3", text.shapes_title), element("p", text.letters), box, element("p", changed))
  }

  say(words = {}) {
    for (const [word, sentence] of Object.entries(words)) {
      const place = this.find(`[data-word=${word}]`)
      if (place && place.textContent !== sentence) place.textContent = sentence
    }
  }

  close() {
    this.stop()
    cancelAnimationFrame(this.moving)
    this.frames.close()
    this.resizing.disconnect()
    this.leaving.abort()
  }
}

// -------------------------------------------------------------------- drawing

function svg(tag, attributes = {}) {
  return set(document.createElementNS(SVG, tag), attributes)
}

function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

// Writes a symbol with what stands below and above the line.
function symbol(text, letter, sub, sup) {
  const low = svg("tspan", { class: "sub", dy: 4 })
  low.textContent = sub
  const high = svg("tspan", { class: "sub", dy: -9 })
  high.textContent = sup
  text.replaceChildren(letter, low, high)
}

// Places the marks of a vector: side by side in a node's box, or spread over the width as the units of a layer.
function spread(marks, space, width, offset, below = 0) {
  const count = marks.length
  const narrow = (BOX.width - 10) / count
  const wide = unitPitch(count, width)
  marks.forEach((mark, i) => {
    const middle = i - (count - 1) / 2
    const size = mix(Math.min(narrow, 14), Math.min(wide * 0.7, 24), space)
    const height = mix(below || offset < 0 ? 8 : 12, Math.min(wide * 0.7, 24), space)
    const x = mix(middle * Math.min(narrow, 14), middle * wide, space)
    mark.middle = { x, y: mix(offset, below, space) }
    set(mark, { x: x - size / 2, y: mark.middle.y - height / 2, width: size, height, rx: (space * size) / 2 })
  })
}

// Pixels from one unit to the next in the space view: room is left for the layer's name and its loop.
const unitPitch = (count, width) => Math.min(54, (width - 240) / count)

function centre({ now }, mark) {
  return `${now.x + mark.middle.x} ${now.y + mark.middle.y}`
}

// Colours zero-centred: blue below, white at 0, red above.
function colour(marks, numbers, scale) {
  marks.forEach((mark, i) => {
    const share = numbers ? Math.min(Math.max(numbers[i] / scale, -1), 1) : NaN
    mark.setAttribute("fill", Number.isFinite(share) ? diverging(share) : "transparent")
  })
}

function diverging(share) {
  const end = share < 0 ? [33, 102, 172] : [178, 24, 43]
  return `rgb(${end.map((c) => Math.round(mix(247, c, Math.abs(share)))).join(" ")})`
}

// From pale to dark, in steps a colour-blind eye tells apart by lightness alone.
function warmth(share) {
  return `hsl(${mix(48, 12, share)} 95% ${mix(62, 38, share)}%)`
}

const mix = (a, b, share) => (typeof a === "number" ? a + (b - a) * share : Object.fromEntries(Object.keys(a).map((k) => [k, mix(a[k], b[k], share)])))

// -------------------------------------------------------------------- numbers and words

function decode({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0))
  const data = new { f4: Float32Array, f8: Float64Array }[dtype](bytes.buffer)
  return { data, shape: shape.split(",").map(Number) }
}

// The last axis of an array at these indices.
function row({ data, shape }, ...at) {
  const rest = shape.slice(at.length).reduce((a, b) => a * b, 1)
  const start = at.reduce((sum, index, i) => sum * shape[i] + index, 0) * rest
  return data.subarray(start, start + rest)
}

const finite = (data) => [...data].map(Math.abs).filter(Number.isFinite)

function digits(value, count) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "" : value > 0 ? "\u221e" : "\u2212\u221e"
  const text = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5 ? String(Number(value.toPrecision(count))) : value === 0 ? "0" : value.toExponential(count - 1)
  return text.replace("-", "\u2212").replace("e\u2212", "e-").replace("e-", "e\u2212")
}

function decimals(value) {
  if (!Number.isFinite(value)) return digits(value, 4)
  return (Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(7)).replace("-", "\u2212")
}

const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, word) => words[word] ?? "")

// -------------------------------------------------------------------- the cells' wiring

// Boxes are functions, rounds are operations by element; each value stands where it flows.
const DIAGRAMS = {
  rnn: {
    size: [480, 200],
    wires: ["M30 120 H144", "M160 185 V136", "M176 120 H264", "M316 120 H450", "M380 120 V30"],
    rounds: [["+", 160, 120]],
    boxes: [["f", 290, 120]],
    values: [["h_before", "h_{t-1}", 62, 98], ["x", "x_t", 192, 172], ["a", "a_t", 222, 98], ["h", "h_t", 430, 98], ["h", "h_t", 412, 40]],
  },
  gru: {
    size: [640, 300],
    wires: [
      "M30 50 H264", "M296 50 H434", "M466 50 H610", "M60 50 V260 H500", "M30 260 H60", "M170 260 V223", "M170 187 V146", "M60 130 H154",
      "M186 130 H390 V187", "M280 260 V223", "M280 187 V66", "M280 100 H434", "M390 260 V223", "M416 205 H450 V116", "M450 84 V66",
    ],
    rounds: [["\u00d7", 170, 130], ["\u00d7", 280, 50], ["\u00d7", 450, 100], ["+", 450, 50]],
    boxes: [["\u03c3", 170, 205], ["\u03c3", 280, 205], ["tanh", 390, 205], ["1\u2212", 365, 100]],
    values: [
      ["h_before", "h_{t-1}", 60, 28], ["x", "x_t", 42, 282], ["r", "r_t", 128, 170], ["z", "z_t", 238, 170], ["n", "n_t", 488, 170], ["m", "m_t", 108, 104], ["h", "h_t", 580, 28],
    ],
  },
  lstm: {
    size: [640, 320],
    wires: [
      "M30 50 H140", "M180 50 H300", "M340 50 H610", "M30 280 H520", "M160 280 V245", "M160 205 V70", "M260 280 V245", "M260 205 V150 H300", "M360 280 V245", "M360 205 V150 H340",
      "M320 130 V70", "M480 280 V245", "M480 205 V170", "M480 50 V75", "M480 115 V130", "M500 150 H610",
    ],
    rounds: [["\u00d7", 160, 50], ["+", 320, 50], ["\u00d7", 320, 150], ["\u00d7", 480, 150]],
    boxes: [["\u03c3", 160, 225], ["\u03c3", 260, 225], ["tanh", 360, 225], ["\u03c3", 480, 225], ["tanh", 480, 95]],
    values: [
      ["c_before", "c_{t-1}", 60, 28], ["h_before", "h_{t-1}", 60, 256], ["x", "x_t", 60, 304], ["f", "f_t", 122, 180], ["i", "i_t", 228, 180], ["g", "g_t", 400, 180], ["o", "o_t", 524, 190],
      ["c", "c_t", 570, 28], ["tanh_c", "tanh c_t", 560, 95], ["h", "h_t", 580, 128],
    ],
  },
}

function diagram(cell, name, before) {
  const { size, wires, rounds, boxes, values } = DIAGRAMS[cell]
  const made = svg("svg", { class: "diagram", viewBox: `0 0 ${size.join(" ")}`, role: "img", "aria-label": cell })
  Object.assign(made.style, { maxWidth: `${size[0]}px`, minWidth: `${size[0] * 0.75}px` })
  for (const d of wires) made.append(svg("path", { class: "wire", d }))
  for (const [text, x, y] of rounds) made.append(svg("circle", { cx: x, cy: y, r: 16 }), written(text, x, y))
  for (const [text, x, y] of boxes) made.append(svg("rect", { x: x - 26, y: y - 18, width: 52, height: 36, rx: 6 }), written(text === "f" ? name : text, x, y))
  for (const [value, text, x, y] of values) {
    const [, letter, sub] = text.match(/^(.*)_\{?([^}]*)\}?$/)
    const title = svg("text", { x, y: y - 4 })
    symbol(title, letter, sub.replace("t-1", before), "")
    const place = svg("text", { class: "value", x, y: y + 13, "data-value": value })
    made.append(title, place)
  }
  return made
}

function written(text, x, y) {
  const made = svg("text", { x, y: y + 5 })
  made.textContent = text
  return made
}
