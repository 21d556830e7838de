// The weights between the units of the copy at the cursor, in the space view.

import { MATRIX_COLOURS } from "./colours.js"
import { svg } from "./drawing.js"
import { here } from "./state.js"

/** @import { Place } from "./nodes.js" */
/** @import { Edge } from "./sent.d.ts" */
/** @import { State } from "./state.js" */

const MANY = 200 // weights between two layers are drawn finer

/**
 * @param {Iterable<Edge>} edges
 * @param {Map<string, Place>} places
 * @param {State} state
 * @param {number} space how far the view has come
 */
export function wires(edges, places, state, space) {
  const lines = svg("g", { class: "wires", opacity: 0.5 * space })
  for (const { source, target, matrix } of edges) {
    const own = here(state, target) && target.encoder === state.encoder
    const within = source.encoder === target.encoder && source.step === target.step // and not from another copy
    if (!own || !within || source.row === target.row || target.kind === "loss") continue
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
