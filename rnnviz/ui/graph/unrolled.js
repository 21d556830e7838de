// The unrolled graph: the marks and edges of one network, moved between its views and swept in time. After the other
// parts of its component.
// Everything that moves moves here, without a word to the server; values come with each frame.

const COLUMN = 96 // pixels from one time step to the next
const NARROW = 64 // the least of it, if that shows them all
const SIDE = 58 // pixels beside the first and the last, for the states before them
const BOX = { width: 70, height: 58 }
const START = { width: 26, height: 26 }
const MOVE = 700 // milliseconds of a move between two views
const DECADES = { least: 3, most: 38 } // how many powers of ten the width of an edge tells apart
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
    this.svg.append(tip())
    this.svg.append(...["edges", "nodes", "labels"].map((name) => (this[name] = svg("g", { class: name }))))
    Object.assign(this, { folded: false, space: false, at: { fold: 0, space: 0 }, cursor: 1, unit: 0 })
    Object.assign(this, { direction: "forward", position: -1, playing: false, opened: null, shapes: data.example })
    this.places = new Map() // of every node that is drawn: its group and where it stands
    this.written = {}
    this.frames = new Frames({
      draw: (frame) => this.take(frame),
      say: (words) => this.say(words),
      more: () => ({ opened: this.opened }),
    })
    this.inner = new CellView(this.find(".cell"), {
      close: () => {
        this.opened = null
        this.paint()
      },
      repaint: () => this.paint(),
    })
    this.tools(data.text)
    this.glossary = new Glossary(this.find(".rnnviz-graph"), data.glossary)
    this.walk = new Walk(this)
    this.svg.setAttribute("aria-label", data.text.graph)
    this.resizing = new ResizeObserver(() => this.layout())
    this.resizing.observe(this.svg)
    this.leaving = new AbortController()
    addEventListener("keydown", (event) => this.press(event), this.leaving)
    // The page's own shortcuts, such as space for pausing, must not take what is meant for a button or a node.
    root.addEventListener("keydown", (event) => event.target.closest("button, .node, input") && event.key === " " && event.stopPropagation())
  }

  update(component) {
    const { data } = component
    this.data = data
    this.dark = isDark(getComputedStyle(this.root).getPropertyValue("--st-background-color"))
    this.frames.update(component)
    if (data.key === this.key) return this.paint()
    this.key = data.key
    this.find(".rnnviz-graph").dataset.cell = data.cell
    this.shapes ||= data.example
    this.build(data.graph)
  }

  // ---------------------------------------------------------------- what is drawn

  build(graph) {
    this.graph = graph
    this.values = this.inside = null
    this.scale = {}
    this.allNodes = graph.nodes.map(([kind, layer, direction, step, row], index) => ({
      kind, step, layer, direction, row, index, edges: [], id: `${kind}-${layer}-${direction}-${step}`,
    }))
    this.allEdges = graph.edges.map(([source, target, matrix, layer, direction]) => ({
      source: this.allNodes[source], target: this.allNodes[target], matrix, layer, direction,
    }))
    for (const edge of this.allEdges) edge.target.edges.push(edge)
    this.order = this.allNodes.filter(({ kind }) => kind !== "h_0")
    this.cursor = Math.min(this.cursor, graph.steps)
    this.position = -1
    this.stop()
    if (this.opened) {
      const [layer, direction, step, unit] = this.opened
      const there = layer < graph.layers && direction < graph.directions && step < graph.steps
      this.opened = there && !this.data.example ? [layer, direction, step, Math.min(unit, this.data.units.h - 1)] : null
    }
    this.nodes.replaceChildren()
    this.edges.replaceChildren()
    this.places.clear()
    this.drawn = new Map()
    const slider = this.find("[name=cursor]")
    slider.max = graph.steps
    slider.value = this.cursor
    this.unit = Math.min(this.unit, this.data.units.h - 1)
    Object.assign(this.find("[name=unit]"), { max: this.data.units.h, value: this.unit + 1 })
    this.frames.again()
    this.layout()
  }

  // The time steps that are shown: all, or the first, a window around the cursor, and the last; null is a gap.
  columns() {
    const T = this.graph.steps
    const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
    if (T <= Math.floor((this.width - 2 * SIDE) / NARROW) + 1) return range(1, T)
    const places = Math.max(5, Math.floor((this.width - 2 * SIDE) / COLUMN) + 1)
    if (this.cursor <= places - 3) return [...range(1, places - 2), null, T]
    if (this.cursor > T - places + 3) return [1, null, ...range(T - places + 3, T)]
    const first = this.cursor - Math.floor((places - 4) / 2)
    return [1, null, ...range(first, first + places - 5), null, T]
  }

  // Works out where everything belongs, and moves it there.
  layout(animate = true) {
    if (!this.graph) return
    this.width = this.svg.clientWidth || 900
    const rows = this.graph.rows
    this.pitch = rows > 7 ? 82 : 96
    this.height = (rows - 1) * this.pitch + 70
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`)
    this.svg.style.height = `${this.height}px`
    const columns = this.columns()
    const x = new Map()
    const pitch = Math.min(COLUMN, (this.width - 2 * SIDE) / Math.max(columns.length - 1, 1))
    const left = (this.width - (columns.length - 1) * pitch) / 2
    this.box = Math.min(BOX.width, pitch - 10)
    columns.forEach((step, i) => step && x.set(step, left + i * pitch))
    this.column = pitch
    this.gaps = columns.flatMap((step, i) => (step ? [] : [left + i * pitch]))
    const beyond = Math.min(54, left - START.width / 2 - 1)
    x.set(0, (x.get(1) ?? left) - beyond)
    x.set(this.graph.steps + 1, (x.get(this.graph.steps) ?? left) + beyond)
    const before = new Set(this.places.keys())
    for (const node of this.allNodes) {
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
    for (const edge of this.allEdges) {
      if (!this.places.has(edge.source.id) || !this.places.has(edge.target.id)) continue
      if (Math.abs(edge.source.step - edge.target.step) > 1) continue
      const path = svg("path", { class: "edge" })
      path.append(svg("title"))
      this.edges.append(path)
      this.drawn.set(edge, { path })
    }
    this.moveTo({ fold: Number(this.folded || this.space), space: Number(this.space) }, animate)
    this.walk.wait()
    this.paint()
  }

  y(row) {
    return this.height - 34 - row * this.pitch
  }

  enter(node) {
    const group = svg("g", { class: `node ${node.kind}`, "data-node": node.id, tabindex: -1, role: "button" })
    const box = svg("rect", { class: "box", rx: node.kind === "h" ? 8 : 20 })
    const size = node.kind === "h_0" ? START : BOX
    set(box, { y: -size.height / 2, height: size.height })
    const name = svg("text", { class: "name", "text-anchor": "middle", y: 5 })
    const value = svg("text", { class: "value", "text-anchor": "middle", y: 23 })
    const marks = svg("g", { class: "marks" })
    const count = Math.min(this.data.units[node.kind] ?? 0, this.data.marks)
    for (let i = 0; i < count; i++) marks.append(svg("rect", { class: "mark" }))
    const cells = svg("g", { class: "marks" })
    if (node.kind === "h" && this.data.cell === "lstm") {
      for (let i = 0; i < count; i++) cells.append(svg("rect", { class: "mark" }))
    }
    group.append(box, marks, cells, name, value)
    group.addEventListener("click", () => this.choose(node))
    group.addEventListener("focus", () => this.walk.come(node))
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(node)
      else if (!this.walk.go(node, event.key)) return
      event.preventDefault()
      event.stopPropagation() // the page's own arrows make training steps
    })
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
      this.svg.dataset.still = share === 1
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
      const width = node.kind === "h_0" ? START.width : this.box
      set(place.box, { x: -width / 2, width })
      place.box.style.opacity = 1 - space
      place.value.style.opacity = node.kind === "loss" ? 1 : 1 - space
      spread(marks, this.box, space, this.width, cells.length ? -3 : 1)
      if (cells.length) spread(cells, this.box, space, this.width, 6, 26)
      place.name.setAttribute("x", space ? mix(0, -this.width / 2 + 30, space) : 0)
      place.name.setAttribute("y", node.kind === "h_0" ? 5 : mix(cells.length ? -15 : marks.length ? -13 : -4, 5, space))
    }
    this.labels.replaceChildren()
    const names = new Map() // of every matrix: an edge of it, and the places where its name may stand
    const shapes = []
    for (const [edge, { path }] of this.drawn) {
      const [a, b] = [this.places.get(edge.source.id).now, this.places.get(edge.target.id).now]
      const curve = this.curve(edge, a, b, fold)
      path.setAttribute("d", curve.d)
      const copy = edge.target.step === this.cursor
      path.style.display = fold > 0.98 && !copy ? "none" : ""
      path.style.visibility = space > 0.5 && edge.matrix !== "W_hh" ? "hidden" : ""
      if (fold > 0.5 ? !copy : edge.source.kind === "h_0") continue
      const name = `${edge.matrix}-${edge.layer}-${edge.direction && (fold < 0.5 || edge.matrix === "W_hh")}`
      const places = space > 0.5 ? [this.aside(edge, curve)] : along(curve, this.y(edge.source.row), BOX, fold > 0.5)
      if (edge.matrix && !names.has(name)) names.set(name, { edge, places })
      else if (edge.matrix) names.get(name).places.push(...places)
      if (copy || fold < 0.5) shapes.push({ edge, places, copy })
    }
    const clearing = this.clearing(space)
    if (this.shapes && !fold) this.results(clearing)
    if (!this.shapes) for (const { edge, places } of names.values()) this.label(edge, places, clearing)
    else if (!space) for (const { edge, places } of shapes.sort((a, b) => b.copy - a.copy)) this.shape(edge, places, clearing)
    for (const x of fold < 0.5 ? this.gaps : []) {
      for (const row of this.graph.middle) {
        const dots = svg("text", { class: "gap", x, y: this.y(row) + 8, "text-anchor": "middle" })
        dots.textContent = "\u22ef"
        this.labels.append(dots)
      }
    }
    this.wires(space)
  }

  // The room that nodes leave to labels; in the space view labels stand beside all units.
  clearing(space) {
    const room = new Clearing(this.width, this.height)
    if (space > 0.5) return room
    for (const { node, group, now } of this.places.values()) {
      const { width, height } = node.kind === "h_0" ? START : { width: this.box, height: BOX.height }
      if (!group.style.display) room.take(now, width, height)
    }
    for (const x of this.at.fold < 0.5 ? this.gaps : []) {
      for (const row of this.graph.middle) room.take({ x, y: this.y(row) }, 30, 20)
    }
    return room
  }

  // What a library returns of all this: the last layer's states at every step, and every layer's last one.
  results(clearing) {
    const { steps, layers } = this.graph
    const last = (node) => node.kind === "h" && node.step === (node.direction ? 1 : steps)
    const top = [...this.places.values()].filter(({ node }) => node.kind === "h" && node.layer === layers)
    const ends = [...this.places.values()].filter(({ node }) => last(node))
    const frame = (places, margin, colour, name, above) => {
      const [xs, ys] = [places.map(({ now }) => now.x), places.map(({ now }) => now.y)]
      const [x, y] = [Math.min(...xs) - this.box / 2 - margin, Math.min(...ys) - BOX.height / 2 - margin]
      const [width, height] = [Math.max(...xs) - x + this.box / 2 + margin, Math.max(...ys) - y + BOX.height / 2 + margin]
      this.labels.append(svg("rect", { x, y, width, height, rx: 10, fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": "7 4" }))
      if (!name) return
      const [over, under] = [y - 5, y + height + 15]
      const spots = [{ x: x + 4, y: over, anchor: "start" }, { x: x + width - 4, y: under, anchor: "end" }]
      const place = clearing.free(above ? spots : spots.reverse(), name)
      if (!place) return
      const text = svg("text", { class: "shape", x: place.x, y: place.y, "text-anchor": place.anchor })
      text.style.fill = colour
      text.textContent = name
      this.labels.append(text)
    }
    const said = (name) => `${name} (${this.data.shapes[name].sizes.join(", ")})`
    frame(top, 9, "#009E73", said("output"), true)
    const names = [said("h_n"), ...(this.data.shapes.c_n ? [said("c_n")] : [])].join(", ")
    ends.forEach((place, i) => frame([place], 4, "#CC79A7", i ? "" : names, false))
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
    const half = edge.source.kind === "h_0" && !fold ? START.width / 2 : this.box / 2
    const [x0, x1] = [a.x + sign * half, b.x - (sign * this.box) / 2]
    const bulge = Math.max(0, 1 - Math.abs(b.x - a.x) / this.column) * (fold > 0 ? 1 : 0)
    const y = a.y + lift * (1 - bulge)
    const reach = 8 + 44 * bulge
    const top = (edge.matrix ? 62 : 74) * bulge
    const aside = this.at.space * (this.reach(edge.target) + this.box / 2 + 14)
    return {
      d: `M${x0 + aside} ${y} C${x0 + aside + sign * reach} ${y - top} ${x1 + aside - sign * reach} ${y - top} ${x1 + aside} ${y}`,
      x: (x0 + x1) / 2 + aside,
      y: y - top * 0.75,
      up: false,
    }
  }

  // How far the units of a node spread from its middle in the space view.
  reach({ kind }) {
    const count = Math.min(this.data.units[kind], this.data.marks)
    return (count * unitPitch(count, this.width)) / 2
  }

  // Where a matrix is named in the space view: on the right, or above its loop.
  aside(edge, { up, x, y }) {
    return up
      ? { x: this.width - 60, y: this.y(edge.target.row) + this.pitch * 0.4, anchor: "start" }
      : { x: x + 44, y: y + 8, anchor: "start" }
  }

  label(edge, places, clearing) {
    const layer = this.graph.layers > 1 && edge.layer ? `(${edge.layer})` : ""
    const both = this.at.fold > 0.5 && edge.matrix !== "W_hh"
    const arrow = this.graph.directions > 1 && edge.layer && !both ? (edge.direction ? "\u2190" : "\u2192") : ""
    const place = clearing.free(places, `W${edge.matrix.slice(2)}${layer}${arrow}`)
    if (!place) return // the key below says what the colour is
    const text = svg("text", { class: "matrix", x: place.x, y: place.y, "text-anchor": place.anchor })
    text.style.fill = MATRIX_COLOURS[edge.matrix]
    symbol(text, "W", edge.matrix.slice(2), layer + arrow)
    this.labels.append(text)
  }

  shape(edge, places, clearing) {
    const name = { loss: "y_t", y: "h_t" }[edge.target.kind] ?? (edge.source.kind === "x" ? "x_t" : "h_t")
    const sizes = `(${this.data.shapes[name].sizes.join(", ")})`
    const place = clearing.free(places, sizes)
    if (!place) return // the table below has it
    const text = svg("text", { class: "shape", x: place.x, y: place.y, "text-anchor": place.anchor })
    text.textContent = sizes
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
    if (frame.key !== this.key || !frame.values) return
    this.values = Object.fromEntries(Object.entries(frame.values).map(([name, array]) => [name, decode(array)]))
    this.inside = frame.inside && Object.fromEntries(Object.entries(frame.inside).map(([k, v]) => [k, v?.bdata !== undefined ? decode(v) : v]))
    this.step = frame.step
    this.scale = { h: 1 }
    for (const name of ["x", "y", "c"]) this.scale[name] = this.values[name] ? largest(finite(this.values[name].data)) : 1
    this.range = this.spectrum()
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
    const current = this.position >= 0 ? this.order[this.position] : null
    for (const { node, group, name, value, marks, cells } of this.places.values()) {
      const t = this.folded || this.space ? "t" : node.step
      const layer = this.graph.layers > 1 && node.layer ? `(${node.layer})` : ""
      const arrow = this.graph.directions > 1 && node.layer ? (node.direction ? "\u2190" : "\u2192") : ""
      if (node.kind === "h_0") name.textContent = "0"
      else if (node.kind === "loss") symbol(name, "loss", t, "")
      else symbol(name, node.kind, t, layer + arrow)
      if (cells.length && !this.space) name.append(...lettered(", c", t, layer + arrow ? 5 : -4))
      const shown = reached ? reached.has(node) : true
      group.style.opacity = shown ? 1 : 0.28
      group.classList.toggle("now", node === current || (!current && node.step === this.cursor && node.kind === "h"))
      const [l, d, s] = this.opened ?? []
      group.classList.toggle("opened", node.kind === "h" && node.layer - 1 === l && node.direction === d && node.step - 1 === s)
      const numbers = this.vector(node)
      const known = numbers && (this.direction === "backward" || shown)
      colour(marks, known ? numbers : null, this.scale[node.kind])
      if (cells.length) colour(cells, known ? this.vector(node, "c") : null, this.scale.c)
      value.textContent = known ? this.short(node, numbers) : ""
      const whose = node.kind === "h" && value.textContent ? `${this.data.text.unit} ${this.unit + 1}: ` : ""
      group.setAttribute("aria-label", `${name.textContent} ${whose}${value.textContent}`)
    }
    const norms = new Map([...this.drawn.keys()].map((edge) => [edge, this.flow(edge)]))
    for (const [edge, { path }] of this.drawn) {
      const back = this.direction === "backward" && (this.position >= 0 || this.playing)
      const on = reached ? reached.has(edge.target) && (back || reached.has(edge.source) || edge.source.kind === "h_0") : true
      const norm = norms.get(edge)
      if (back && on && edge.source.kind !== "h_0" && !Number.isNaN(norm)) {
        const dead = norm < FLOOR
        const share = dead ? 0 : Math.min(Math.max(1 + Math.log10(norm / this.range.largest) / this.range.decades, 0), 1)
        set(path, { stroke: dead ? "#888888" : warmth(share, this.dark), "stroke-width": 1 + 8 * share, "stroke-dasharray": dead ? "2 7" : "" })
        set(path, { "marker-start": dead || share > 0.5 ? "" : "url(#rnnviz-tip)", "marker-end": "" })
        path.dataset.norm = norm
        path.firstChild.textContent = digits(norm, 3)
      } else {
        set(path, { stroke: MATRIX_COLOURS[edge.matrix], "stroke-width": edge.target === current ? 4 : 2, "stroke-dasharray": edge.matrix ? "" : "5 3" })
        set(path, { "marker-start": "", "marker-end": "url(#rnnviz-tip)" })
        delete path.dataset.norm
        path.firstChild.textContent = ""
      }
      path.style.opacity = on ? 1 : 0.18
    }
    this.tellTale(current)
    this.write("changed", this.data.changed)
    this.legend()
    this.tell()
    this.lens()
    this.inner.show({ data: this.data, opened: this.opened, inside: this.inside, step: this.step, where: (cell) => this.where(cell) })
  }

  // The largest norm that flows back anywhere, and how many powers of ten lie between it and the smallest.
  spectrum() {
    const { output, readout, input, before, cell } = this.values
    const norms = [output, readout, input, before, cell].flatMap((array) => (array ? finite(array.data) : []))
    const alive = norms.filter((norm) => norm >= FLOOR)
    const most = largest(alive)
    const least = alive.reduce((a, b) => Math.min(a, b), most)
    const decades = Math.ceil(Math.log10(most / least)) || 0
    return { largest: most, decades: Math.min(Math.max(decades, DECADES.least), DECADES.most) }
  }

  // The nodes a sweep has come to; null when there is none.
  reached() {
    if (this.position < 0) return null
    const done = this.direction === "forward" ? this.order.slice(0, this.position + 1) : this.order.slice(this.position)
    return new Set(done)
  }

  short(node, numbers) {
    const cell = node.kind === "h" && this.box > 66 && this.vector(node, "c")
    if (cell) return [numbers, cell].map((vector) => digits(vector[this.unit], 2)).join(" | ")
    if (node.kind === "h") return digits(numbers[this.unit] ?? NaN, 3)
    if (numbers.length === 1) return digits(numbers[0], 3)
    return this.data.vocabulary[node.kind] ? this.word(node, numbers) : ""
  }

  // What is read or said, where that is a word; "" where it is none.
  word(node, numbers) {
    const best = numbers.indexOf(Math.max(...numbers))
    return numbers[best] > 0 ? this.data.vocabulary[node.kind][best] : ""
  }

  // What a node holds, spelt out: its word, the chosen unit's number, or all its numbers.
  spelt(node, numbers) {
    if (node.kind === "h") return digits(numbers[this.unit], 4)
    if (this.data.vocabulary[node.kind]) return this.word(node, numbers) || this.data.text.no_word
    return Array.from(numbers, (number) => digits(number, 4)).join(", ")
  }

  // Says it, and to a screen reader only where something else is spoken of: not when its number changes, nor in a sweep.
  tellTale(node) {
    const tale = this.tale(node)
    this.write("said", tale)
    const about = this.playing ? this.about : `${node?.id} ${this.direction} ${this.space} ${this.folded} ${this.key}`
    if (about !== this.about) this.write("aloud", tale)
    this.about = about
  }

  write(name, sentence) {
    if (this.written[name] !== sentence) typeset(this.find(`.${name}`), (this.written[name] = sentence))
  }

  // One sentence: what is computed at this point of a sweep, and what came out.
  tale(node) {
    const { text } = this.data
    if (this.data.example) return text.example
    if (!node || !this.values) return text[this.space ? "space" : this.folded ? "folded" : "time"]
    const numbers = this.vector(node) ?? []
    const t = node.step
    const name = node.kind === "loss" ? `loss_${t}` : `${node.kind}_${t}`
    const where = node.kind === "h" && this.graph.layers * this.graph.directions > 1 ? ` (${this.where(node)})` : ""
    if (this.direction === "forward") {
      return fill(text.forward[node.kind], {
        name: name + where, t, before: node.direction ? t + 1 : t - 1, unit: this.unit + 1, value: this.spelt(node, numbers),
      })
    }
    if (node.kind === "h") {
      const total = row(this.values.total, node.layer - 1, node.direction, t - 1)[0]
      return fill(total >= FLOOR ? text.backward.h : text.backward.dead, { name: `dL/dh_${t}` + where, t, norm: digits(total, 3) })
    }
    return fill(text.backward[node.kind === "y" && !this.marked(node) ? "unmarked" : node.kind], {
      name: `dL/d${name}`, t, norm: digits(this.arriving(node), 3),
    })
  }

  marked({ step }) {
    return !Number.isNaN(row(this.values.loss, step - 1)[0])
  }

  // The norm of dL/dloss_t, dL/dy_t or dL/dx_t.
  arriving({ kind, step }) {
    if (kind === "loss") return 1 / this.order.filter((node) => node.kind === "loss").length
    return row(kind === "y" ? this.values.output : this.values.inputs, step - 1)[0]
  }

  where(node) {
    const { text } = this.data
    const direction = this.graph.directions > 1 ? `, ${text.directions[node.direction]}` : ""
    return fill(text.layer, { layer: node.layer }) + direction
  }

  // The key below the graph: made anew only when it is another, so that its words can be pressed.
  legend() {
    const { text, units, marks } = this.data
    const back = this.direction === "backward" && this.position >= 0 && this.values
    const stamp = `${back} ${this.data.key} ${this.dark} ${this.unit} ${this.space}`
    if (stamp !== this.legended) {
      this.legended = stamp
      this.find(".key").replaceChildren(...(back ? this.scaleOfNorms(text) : this.coloursOfMatrices(text, units, marks)))
      this.glossary.mark(this.find(".key"))
    }
    if (!back) return
    const { largest, decades } = this.range
    for (const [name, value] of Object.entries({ largest: digits(largest, 2), decades })) this.find(`.key [data-slot=${name}]`).textContent = value
  }

  scaleOfNorms(text) {
    const bar = element("i", "")
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => warmth(share, this.dark))
    Object.assign(bar.style, { background: `linear-gradient(to right, ${stops})`, width: "6em", height: "0.6em" })
    const parts = fill(text.flow, { floor: digits(FLOOR, 2), largest: "{largest}", decades: "{decades}" }).split(/\{(\w+)\}/)
    return [bar, ...parts.map((part, i) => (i % 2 ? element("span", "", { slot: part }) : part))]
  }

  coloursOfMatrices(text, units, marks) {
    const more = units.h > marks ? fill(text.units, { count: marks, all: units.h }) : ""
    const lines = Object.entries(MATRIX_COLOURS).filter(([matrix]) => text.matrices[matrix]).flatMap(([matrix, colour]) => {
      const line = element("i", "")
      line.style.background = colour
      const words = element("span", "")
      typeset(words, text.matrices[matrix])
      return [line, words]
    })
    const whose = this.space || this.data.example ? "" : fill(text.whose, { unit: this.unit + 1 })
    return [text.colours, whose, this.data.standardised ? text.standardised : "", more, ...lines]
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
      return made
    }
    input("cursor", text.time_step, { type: "range", min: 1, value: 1 }, (step) => this.go(step))
    const unit = input("unit", text.unit, { type: "number", min: 1, value: 1 }, (unit) => this.pick(unit - 1))
    unit.addEventListener("change", () => (unit.value = this.unit + 1)) // what was taken, if that is not what was typed
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
    for (const name of ["forward", "backward", "back", "play", "on"]) this.find(`[data-act=${name}]`).disabled = !this.values
  }

  press(event) {
    if (!this.values) return
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

  // ---------------------------------------------------------------- shapes

  lens() {
    const place = this.find(".lens")
    place.hidden = !this.shapes
    if (!this.shapes) return
    const { shapes, parameters, text } = this.data
    const stamp = JSON.stringify([shapes, parameters])
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
    const letters = element("p", "")
    typeset(letters, text.letters)
    place.replaceChildren(element("h3", text.shapes_title), letters, box)
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
