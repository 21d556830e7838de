// What the nodes of the score's top stave hold: a strip for each row, with a cell for each number of a vector; and where
// there is no room for edges between the columns, a bar for the gradient that goes back from each step to the one before.

import { DEAD, diverging, warmth } from "./colours.js"
import { flow, share, valued, vector } from "./reading.js"
import { FLOOR } from "../live/numbers.js"

/** @import { columns } from "./columns.js" */
/** @import { Edge, Node, Reading } from "./sent.d.ts" */
/** @import { Shown } from "./unrolled.js" */

/** @typedef {ReturnType<typeof columns>} Stave */

export class Strips {
  /** @type {Node[][]} */
  rows = []
  /** @type {Edge[]} those from a step to the next */
  onward = []
  image = document.createElement("canvas")

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
  }

  /** @param {Shown["network"]} network */
  build({ nodes, edges }) {
    this.rows = [...Map.groupBy(nodes, ({ row }) => row).values()]
    this.onward = edges.filter(({ source, target }) => source.row === target.row)
  }

  /**
   * @param {Shown} shown
   * @param {Stave} plan
   * @param {number} left pixels on the left of the first column
   */
  paint({ reading, network, dark }, plan, left) {
    const pen = this.canvas.getContext("2d")
    if (!pen) return
    const { width, height } = plan
    const fine = devicePixelRatio
    Object.assign(this.canvas, { width: Math.round(width * fine), height: Math.round(height * fine) }) // and empty
    pen.scale(fine, fine)
    pen.imageSmoothingEnabled = false
    if (!reading) return
    for (const nodes of this.rows) this.strip(pen, nodes, reading, network.steps, plan, left)
    if (!plan.apart) this.flows(pen, reading, plan, left, dark)
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Node[]} nodes of a row
   * @param {Reading} reading
   * @param {number} steps
   * @param {Stave} plan
   * @param {number} left
   */
  strip(pen, nodes, reading, steps, plan, left) {
    const vectors = nodes.map((node) => vector(reading, node))
    const units = vectors[0]?.length ?? 0
    if (!units) return
    const scale = reading.scale[valued(nodes[0])] ?? 1
    const pixels = new ImageData(steps, units)
    for (const [i, numbers] of vectors.entries()) {
      for (let unit = 0; numbers && unit < units; unit++) {
        const tone = diverging(numbers[unit], scale)
        if (tone) pixels.data.set([...tone, 255], 4 * (unit * steps + nodes[i].step - 1))
      }
    }
    Object.assign(this.image, { width: steps, height: units })
    this.image.getContext("2d")?.putImageData(pixels, 0, 0)
    const { column, box, tall, apart } = plan
    const top = plan.y(nodes[0].row) - tall / 2
    if (!apart) return pen.drawImage(this.image, left, top, column * steps, tall)
    for (const { step } of nodes) {
      pen.drawImage(this.image, step - 1, 0, 1, units, left + (step - 0.5) * column - box / 2, top, box, tall)
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Reading} reading
   * @param {Stave} plan
   * @param {number} left
   * @param {boolean} dark
   */
  flows(pen, reading, plan, left, dark) {
    const most = plan.between - 1
    for (const edge of this.onward) {
      const norm = flow(reading, edge)
      if (Number.isNaN(norm)) continue
      const part = share(norm, reading.range)
      const from = Math.min(edge.source.step, edge.target.step)
      const high = norm < FLOOR ? 1 : Math.max(1, most * part)
      pen.fillStyle = norm < FLOOR ? DEAD : warmth(part, dark)
      pen.fillRect(left + (from - 0.5) * plan.column, plan.y(edge.target.row) + plan.tall / 2 + 0.5, plan.column, high)
    }
  }
}
