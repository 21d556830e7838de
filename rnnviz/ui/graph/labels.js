// Where the labels of the unrolled graph may stand: clear of its nodes, of one another and of the picture's edges.

const LETTER = 7 // pixels, of a label's size
const LINE = 14

class Clearing {
  constructor(width, height) {
    Object.assign(this, { width, height, taken: [] })
  }

  // Marks what stands around a middle as taken.
  take({ x, y }, width, height) {
    this.taken.push([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
  }

  // Of these places for a text, the first that is free; it is taken from now on. None, if none is.
  free(places, text) {
    const long = text.length * LETTER
    for (const place of places) {
      const left = place.x - { start: 0, middle: long / 2, end: long }[place.anchor]
      const box = [left, place.y - LINE + 3, left + long, place.y + 3]
      if (left < 0 || box[1] < 0 || box[2] > this.width || box[3] > this.height) continue
      if (this.taken.some(([l, t, r, b]) => box[0] < r && box[2] > l && box[1] < b && box[3] > t)) continue
      this.taken.push(box)
      return place
    }
    return null
  }
}

// Places along an edge: beside one that goes up; above or below the row of one that goes on to the next step, or round
// to its own node.
function along({ up, x, y }, row, box, loop) {
  const beside = (dy) => [{ x: x + 6, y: y + dy, anchor: "start" }, { x: x - 6, y: y + dy, anchor: "end" }]
  if (up) return [4, 17, -9].flatMap(beside)
  const level = [row - box.height / 2 - 6, row + box.height / 2 + 15].map((y) => ({ x, y, anchor: "middle" }))
  return [loop ? { x: x - box.width, y: y + 8, anchor: "middle" } : { x, y: y - 8, anchor: "middle" }, ...level]
}
