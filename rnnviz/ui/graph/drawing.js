// What the graph and its cells are drawn with: SVG elements, symbols, marks and arrows.

const SVG = "http://www.w3.org/2000/svg"

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 */
export function svg(tag, attributes = {}) {
  return set(document.createElementNS(SVG, tag), attributes)
}

/**
 * @template {Element} Made
 * @param {Made} made
 * @param {Attributes} attributes
 */
export function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return made
}

/**
 * Writes a symbol with what stands below and above the line.
 * @param {Element} text
 * @param {string} letter
 * @param {string} sub
 * @param {string} sup
 */
export function symbol(text, letter, sub, sup) {
  text.replaceChildren(letter, ...(sub ? [low(sub)] : []), ...(sup ? [small(sup, -9)] : []))
}

/**
 * More text and what stands below its line, `down` pixels from where the text before it ended.
 * @param {string} text
 * @param {string} sub
 * @param {number} down
 */
export function lettered(text, sub, down) {
  const plain = svg("tspan", { dy: down })
  plain.textContent = text
  return [plain, low(sub)]
}

/** @param {string} text */
const low = (text) => small(text, 4)

/**
 * @param {string} text
 * @param {number} dy
 */
function small(text, dy) {
  const made = svg("tspan", { class: "sub", dy })
  made.textContent = text
  return made
}

/** The head of an arrow, in the colour of its line. */
export function tip() {
  const defs = svg("defs")
  const marker = svg("marker", {
    id: "rnnviz-tip",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 9,
    markerHeight: 9,
  })
  set(marker, { orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" })
  marker.append(svg("path", { d: "M0 0 L8 4 L0 8 Z", fill: "context-stroke" }))
  defs.append(marker)
  return defs
}

/**
 * A number so far on the way from one to another.
 * @param {number} a
 * @param {number} b
 * @param {number} share
 */
export const mix = (a, b, share) => a + (b - a) * share
