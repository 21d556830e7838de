// The table below the graph: every tensor's shape, in letters and in numbers, and where the parameters come from.

import { counted } from "../live/numbers.js"
import { block, element, line, typeset } from "../live/text.js"

/** @import { Data } from "./sent.d.ts" */

/**
 * Fills the place, if it shows something else.
 * @param {HTMLElement} place
 * @param {Data} data
 */
export function shapesTable(place, { shapes, parameters, text }) {
  const stamp = JSON.stringify([shapes, parameters])
  if (place.dataset.shows === stamp) return
  place.dataset.shows = stamp
  const sizes = element("table")
  for (const [name, { letters, sizes: numbers }] of Object.entries(shapes)) {
    sizes.append(line([symbols("span", name), symbols("span", `(${letters.join(", ")})`), `(${numbers.join(", ")})`]))
  }
  const counts = element("table")
  for (const [what, formula, count] of parameters) {
    counts.append(line([symbols("span", what), symbols("span", formula), counted(count)]))
  }
  const title = element("h3", text.parameters)
  place.replaceChildren(
    element("h3", text.shapes_title),
    symbols("p", text.letters),
    block("scroll", sizes, title, counts),
  )
}

/**
 * @param {"p" | "span"} tag
 * @param {string} sentence
 */
function symbols(tag, sentence) {
  const made = element(tag)
  typeset(made, sentence)
  return made
}
