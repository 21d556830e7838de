// Inside a cell: its wiring, its equations in letters and numbers, its sums and vectors. After frames.js.

const MATHML = "http://www.w3.org/1998/Math/MathML"

class CellView {
  constructor(place, { close, repaint }) {
    Object.assign(this, { place, close, repaint })
  }

  // opened: [layer, direction, step, unit], counted from 0; inside: the numbers, of this cell or one opened before.
  show({ data, opened, inside, step, where }) {
    const { place } = this
    place.hidden = !opened
    if (!opened) return
    const [layer, direction, , unit] = opened
    const key = `${layer}-${direction}-${data.key}`
    if (this.shown !== key) this.compose(data, layer, direction)
    this.shown = key
    const words = { where: where({ layer: layer + 1, direction }), t: opened[2] + 1, unit: unit + 1 }
    typeset(place.querySelector("h3"), fill(data.text.inside, words))
    const there = inside && String(inside.opened) === String(opened)
    if (!there && inside) return // of the cell before; this one's are on their way
    const stand = there ? fill(data.text.stand, { step: step.toLocaleString("en") }) : data.text.nothing_inside
    typeset(place.querySelector(".stand"), stand)
    place.querySelector(".inside").hidden = !there
    if (!there) return
    place.dataset.opened = opened
    for (const spot of place.querySelectorAll("[data-value]")) {
      const text = decimals(this.value(inside, spot.dataset.value, unit))
      spot.textContent = spot.dataset.after && text.startsWith("\u2212") ? `(${text})` : text
    }
    if (place.querySelector(".sums").open) this.sums(inside, unit)
    if (place.querySelector(".vectors").open) this.vectors(inside, data.vectors[`${layer}-${direction}`])
  }

  // One number by the name of its place; an input of several features has none.
  value(inside, name, unit) {
    const { data } = inside[name] ?? inside[`values.${name}`]
    return name === "x" ? (data.length === 1 ? data[0] : NaN) : data[unit]
  }

  compose(data, layer, direction) {
    const { text } = data
    const header = document.createElement("header")
    const close = element("button", text.close)
    close.type = "button"
    close.addEventListener("click", this.close)
    header.append(document.createElement("h3"), close)
    const picture = block("scroll")
    const reads = layer ? ["h", "t", `(${layer})`] : ["x", "t", ""]
    picture.append(diagram(data.cell, data.function, direction ? "t+1" : "t-1", reads))
    const equations = block("equations")
    equations.append(...data.equations[`${layer}-${direction}`].map(equation))
    const inside = block("inside")
    inside.append(picture, equations, this.details("sums", text.sums), this.details("vectors", text.vectors))
    this.place.replaceChildren(header, Object.assign(element("p", ""), { className: "stand" }), inside)
    delete this.place.dataset.opened
  }

  details(name, summary) {
    const made = Object.assign(element("details", ""), { className: name })
    made.append(element("summary", summary), block("scroll"))
    made.addEventListener("toggle", () => made.open && this.repaint())
    return made
  }

  // The sums behind W_ih x_t and W_hh h_(t-1) of the chosen unit, term by term.
  sums(inside, unit) {
    const table = document.createElement("table")
    for (const [kind, from, letter] of [["weights_x.", "x", "i"], ["weights_h.", "h_before", "h"]]) {
      for (const [name, { data }] of Object.entries(inside).filter(([name]) => name.startsWith(kind))) {
        const gate = name.slice(kind.length)
        const numbers = inside[from].data
        const total = data.reduce((sum, weight, i) => sum + weight * numbers[i], 0)
        const terms = [...data].map((weight, i) => `${bracketed(weight, i, 6)} \u00b7 ${bracketed(numbers[i], 1, 6)}`)
        const line = document.createElement("tr")
        const title = document.createElement("th")
        title.append("W", element("sub", letter + ({ h: "h", m: "n" }[gate] ?? gate)))
        line.append(title, element("td", `${terms.join(" + ")} = ${decimals(total, 6)}`))
        table.append(line)
      }
    }
    this.place.querySelector(".sums .scroll").replaceChildren(table)
  }

  vectors(inside, names) {
    const table = document.createElement("table")
    for (const [name, math] of names) {
      const { data } = inside[name] ?? inside[`values.${name}`]
      const line = document.createElement("tr")
      const title = document.createElement("th")
      title.append(mathematics(math))
      line.append(title, ...[...data].map((value) => element("td", decimals(value))))
      table.append(line)
    }
    this.place.querySelector(".vectors .scroll").replaceChildren(table)
  }
}

// An equation in letters, and under it in numbers, with places for them.
function equation({ name, does, letters, numbers }) {
  const made = block("equation")
  made.dataset.equation = name
  const lines = block("scroll")
  lines.append(mathematics(letters), mathematics(numbers))
  for (const spot of lines.querySelectorAll("mtext")) {
    if (!spot.textContent.startsWith("@")) continue
    const place = document.createElementNS(MATHML, "mn")
    place.dataset.value = spot.textContent.slice(1)
    // A negative number after a sign needs brackets.
    if (["+", "\u2212", "\u00b7", "\u22c5"].includes(spot.previousElementSibling?.textContent)) place.dataset.after = "sign"
    spot.replaceWith(place)
  }
  made.append(element("small", does), lines)
  return made
}

// MathML that this program made of its own formulas, on the server.
function mathematics(text) {
  return document.importNode(new DOMParser().parseFromString(text, "text/xml").documentElement, true)
}

function block(name) {
  return Object.assign(document.createElement("div"), { className: name })
}

function decimals(value, places = 4) {
  if (!Number.isFinite(value)) return digits(value, 4)
  return (Math.abs(value) < 1000 ? value.toFixed(places) : value.toPrecision(7)).replace("-", "\u2212")
}

// A negative number in brackets, unless it stands first.
function bracketed(value, position, places) {
  const text = decimals(value, places)
  return position && text.startsWith("\u2212") ? `(${text})` : text
}

// -------------------------------------------------------------------- the cells' wiring

// Boxes are functions, rounds are operations by element; each value stands where it flows.
const DIAGRAMS = {
  rnn: {
    size: [480, 200],
    wires: ["M30 120 H144", "M160 185 V136", "M176 120 H264", "M316 120 H450", "M380 120 V30"],
    rounds: [["+", 160, 120]],
    boxes: [["f", 290, 120]],
    weights: [["hh", 116, 140], ["ih", 140, 164]],
    values: [["h_before", "h_{t-1}", 62, 98], ["x", "x", 192, 172], ["a", "a_t", 222, 98], ["h", "h_t", 430, 98], ["h", "h_t", 412, 40]],
  },
  gru: {
    size: [640, 300],
    wires: [
      "M30 50 H264", "M296 50 H434", "M466 50 H610", "M60 50 V260 H500", "M30 260 H60", "M170 260 V223", "M170 187 V146", "M60 130 H154",
      "M186 130 H390 V187", "M280 260 V223", "M280 187 V66", "M280 100 H434", "M390 260 V223", "M416 205 H450 V116", "M450 84 V66",
    ],
    rounds: [["\u00d7", 170, 130], ["\u00d7", 280, 50], ["\u00d7", 450, 100], ["+", 450, 50]],
    boxes: [["\u03c3", 170, 205], ["\u03c3", 280, 205], ["tanh", 390, 205], ["1\u2212", 365, 100], ["W", 98, 130, "hn"]],
    values: [
      ["h_before", "h_{t-1}", 60, 28], ["x", "x", 42, 282], ["r", "r_t", 128, 170], ["z", "z_t", 238, 170], ["n", "n_t", 488, 170], ["m", "m_t", 140, 96], ["h", "h_t", 580, 28],
    ],
  },
  lstm: {
    size: [640, 320],
    wires: [
      "M30 50 H144", "M176 50 H304", "M336 50 H610", "M30 280 H520", "M160 280 V243", "M160 207 V66", "M260 280 V243", "M260 207 V150 H304", "M360 280 V243", "M360 207 V150 H336",
      "M320 134 V66", "M480 280 V243", "M480 207 V166", "M480 50 V77", "M480 113 V134", "M496 150 H610",
    ],
    rounds: [["\u00d7", 160, 50], ["+", 320, 50], ["\u00d7", 320, 150], ["\u00d7", 480, 150]],
    boxes: [["\u03c3", 160, 225], ["\u03c3", 260, 225], ["tanh", 360, 225], ["\u03c3", 480, 225], ["tanh", 480, 95]],
    values: [
      ["c_before", "c_{t-1}", 60, 28], ["h_before", "h_{t-1}", 60, 256], ["x", "x", 60, 304], ["f", "f_t", 122, 180], ["i", "i_t", 228, 180], ["g", "g_t", 400, 180], ["o", "o_t", 524, 190],
      ["c", "c_t", 570, 28], ["tanh_c", "tanh c_t", 566, 86], ["h", "h_t", 596, 134],
    ],
  },
}

function diagram(cell, name, before, reads) {
  const { size, wires, rounds, boxes, values, weights = [] } = DIAGRAMS[cell]
  const made = svg("svg", { class: "diagram", viewBox: `0 0 ${size.join(" ")}`, role: "img", "aria-label": cell })
  Object.assign(made.style, { maxWidth: `${size[0]}px`, minWidth: `${size[0] * 0.75}px` })
  for (const d of wires) made.append(svg("path", { class: "wire", d }))
  for (const [text, x, y] of rounds) made.append(svg("circle", { cx: x, cy: y, r: 16 }), written(text, x, y))
  for (const [text, x, y, sub = ""] of boxes) {
    made.append(svg("rect", { x: x - 26, y: y - 18, width: 52, height: 36, rx: 6 }), written(text === "f" ? name : text, x, y, sub))
  }
  for (const [sub, x, y] of weights) made.append(written("W", x, y, sub))
  for (const [value, text, x, y] of values) {
    const [letter, sub, sup] = text === "x" ? reads : [...text.match(/^(.*)_\{?([^}]*?)\}?$/).slice(1), ""]
    const title = svg("text", { x, y: y - 4 })
    symbol(title, letter, sub.replace("t-1", before), sup)
    made.append(title, svg("text", { class: "value", x, y: y + 13, "data-value": value }))
  }
  return made
}

function written(text, x, y, sub = "") {
  const made = svg("text", { x, y: y + 5 })
  symbol(made, text, sub, "")
  return made
}
