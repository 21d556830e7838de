// What the graph and its cells are drawn with: SVG elements, symbols, marks, arrows and colours.

const SVG = "http://www.w3.org/2000/svg"

function svg(tag, attributes = {}) {
  return set(document.createElementNS(SVG, tag), attributes)
}

function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

// More text and what stands below its line, `down` pixels from where the text before it ended.
function lettered(text, sub, down) {
  const plain = svg("tspan", { dy: down })
  plain.textContent = text
  const low = svg("tspan", { class: "sub", dy: 4 })
  low.textContent = sub
  return [plain, low]
}

// Writes a symbol with what stands below and above the line.
function symbol(text, letter, sub, sup) {
  const low = svg("tspan", { class: "sub", dy: 4 })
  low.textContent = sub
  const high = svg("tspan", { class: "sub", dy: -9 })
  high.textContent = sup
  text.replaceChildren(letter, ...(sub ? [low] : []), ...(sup ? [high] : []))
}

// Places the marks of a vector: side by side in a node's box, or spread over the width as the units of a layer.
function spread(marks, box, space, width, offset, below = 0) {
  const count = marks.length
  const narrow = (box - 10) / count
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

// The head of an arrow, in the colour of its line.
function tip() {
  const defs = svg("defs")
  const marker = svg("marker", { id: "rnnviz-tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9 })
  set(marker, { orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" })
  marker.append(svg("path", { d: "M0 0 L8 4 L0 8 Z", fill: "context-stroke" }))
  defs.append(marker)
  return defs
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

// From the page's own lightness away, so that the largest stands out most.
function warmth(share, dark) {
  return `hsl(${mix(48, dark ? 28 : 12, share)} 95% ${dark ? mix(28, 62, share) : mix(66, 38, share)}%)`
}

const mix = (a, b, share) => (typeof a === "number" ? a + (b - a) * share : Object.fromEntries(Object.keys(a).map((k) => [k, mix(a[k], b[k], share)])))

// Whether a colour is nearer to black than to white.
function isDark(colour) {
  const canvas = document.createElement("canvas").getContext("2d")
  canvas.fillStyle = colour.trim() || "white"
  canvas.fillRect(0, 0, 1, 1)
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data
  return r + g + b < 384
}
