// The weights between the units of the copy at the cursor, in the space view.

import { MATRIX_COLOURS } from "./colours.js"
import { svg } from "./drawing.js"

/** @import { Place } from "./nodes.js" */
/** @import { Edge } from "./sent.d.ts" */

const MANY = 200 // weights between two layers are drawn finer

/**
 * @param {Iterable<Edge>} edges
 * @param {Map<string, Place>} places
 * @param {number} cursor
 * @param {number} space how far the view has come
 */
export function wires(edges, places, cursor, space) {
  const lines = svg("g", { class: "wires", opacity: 0.5 * space })
  for (const { source, target, matrix } of edges) {
    if (target.step !== cursor || source.row === target.row || target.kind === "loss") continue
    const [from, to] = [middles(places.get(source.id)), middles(places.get(target.id))]
    const d = from.flatMap((a) => to.map((b) => `M${a} L${b}`)).join("")
    const width = from.length * to.length > MANY ? 0.4 : 1
    lines.append(svg("path", { d, stroke: MATRIX_COLOURS[matrix], fill: "none", "stroke-width": width }))
  }
  return lines
}

/** @param {Place | undefined} place */
function middles(place) {
  return place ? place.middles.map(({ x, y }) => `${place.now.x + x} ${place.now.y + y}`) : []
}
