// Where the labels of the unrolled graph may stand: clear of its nodes, of one another and of the picture's edges.

/** @import { Curve } from "./edges.js" */
/** @import { Point, Spot } from "./sent.d.ts" */

const LETTER = 7 // pixels, of a label's size
const LINE = 14

export class Clearing {
  /** @type {[left: number, top: number, right: number, bottom: number][]} */
  taken = []

  /**
   * @param {number} width
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width
    this.height = height
  }

  /**
   * Marks what stands around a middle as taken.
   * @param {Point} middle
   * @param {number} width
   * @param {number} height
   */
  take({ x, y }, width, height) {
    this.taken.push([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
  }

  /**
   * Of these places for a text, the first that is free; it is taken from now on. None, if none is.
   * @param {Spot[]} places
   * @param {string} text
   */
  free(places, text) {
    const long = text.length * LETTER
    for (const place of places) {
      const left = place.x - { start: 0, middle: long / 2, end: long }[place.anchor]
      const [right, top, bottom] = [left + long, place.y - LINE + 3, place.y + 3]
      if (left < 0 || top < 0 || right > this.width || bottom > this.height) continue
      if (this.taken.some(([l, t, r, b]) => left < r && right > l && top < b && bottom > t)) continue
      this.taken.push([left, top, right, bottom])
      return place
    }
    return null
  }
}

/**
 * Places along an edge: beside one that goes up; above or below the row of one that goes on to the next step, or round
 * to its own node.
 * @param {Curve} curve
 * @param {number} row where its row is
 * @param {{ width: number, height: number }} box
 * @param {boolean} loop
 * @returns {Spot[]}
 */
export function along({ up, x, y }, row, box, loop) {
  if (up) {
    return [4, 17, -9].flatMap((
      dy,
    ) => [{ x: x + 6, y: y + dy, anchor: "start" }, { x: x - 6, y: y + dy, anchor: "end" }])
  }
  const middles = [
    loop ? { x: x - box.width, y: y + 8 } : { x, y: y - 8 },
    { x, y: row - box.height / 2 - 6 },
    { x, y: row + box.height / 2 + 15 },
  ]
  return middles.map((middle) => ({ ...middle, anchor: "middle" }))
}
