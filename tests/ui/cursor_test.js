// The cursor where it needs no browser: where it goes, which keys it takes, what is read out at its step.

import { deepEqual, equal } from "node:assert/strict"
import { Cursor } from "../../rnnviz/ui/live/cursor.js"
import { room, value } from "../../rnnviz/ui/live/marks.js"

/** @param {object} more */
const aTrace = (more) => /** @type {import("../../rnnviz/ui/live/live.d.ts").Trace} */ ({ visible: true, ...more })

Deno.test("a line is read out where it has a value at the step, a map's column by its ends or its largest", () => {
  const meta = { read: "y", how: "value" }
  const line = aTrace({ x: Int32Array.of(2, 4, 6), y: Float32Array.of(0.5, NaN, -1), meta })
  deepEqual([2, 3, 4, 6].map((step) => value(line, "x", step)?.numbers), [[0.5], undefined, undefined, [-1]])
  equal(value(aTrace({ ...line, visible: "legendonly" }), "x", 2), null)
  equal(value(aTrace({ ...line, meta: undefined }), "x", 2), null)
  const map = { x: [1, 2, 3], y: [1, 2], z: [[1, 5, NaN], [-2, 7, NaN]], customdata: [[0.1, 1, 0], [0.2, 2, 0]] }
  const span = aTrace({ ...map, meta: { read: "h", how: "span" } })
  deepEqual([1, 2, 3].map((step) => value(span, "x", step)?.numbers), [[-2, 1], [5, 7], undefined])
  deepEqual(value(aTrace({ ...map, meta: { read: "h", how: "span", values: "customdata" } }), "x", 1)?.numbers, [
    0.1,
    0.2,
  ])
  const most = aTrace({ ...map, meta: { read: "likeliest", how: "most" } })
  deepEqual(value(most, "x", 2, ["A", "B"]), { name: "likeliest", numbers: [7], word: "B" })
  deepEqual(value(aTrace({ ...most, text: [["a", "a", "a"], ["b", "c", "b"]] }), "x", 2)?.word, "c")
  deepEqual(value(most, "y", 1, ["one", "two", "three"]), { name: "likeliest", numbers: [5], word: "two" })
})

Deno.test("the room of a step on an axis ends where the axis does, and there is none outside a zoom", () => {
  const axis = { _offset: 60, _length: 100, l2p: (/** @type {number} */ t) => 10 * (t - 0.5), p2l: () => 0 }
  deepEqual(room(axis, 1), { start: 60, size: 10 })
  deepEqual(room(axis, 10), { start: 150, size: 10 })
  equal(room(axis, 12), null)
  const down = { ...axis, l2p: (/** @type {number} */ t) => 100 - 10 * (t - 0.5) }
  deepEqual(room(down, 1), { start: 150, size: 10 })
  equal(room({ ...axis, l2p: (t) => 0.1 * t }, 5)?.size, 1) // of very many steps one is seen
})

Deno.test("a cursor follows a pointer until it is pinned, moves within its steps, and is let go", () => {
  const cursor = new Cursor()
  /** @type {unknown[]} */
  const marked = []
  const shows = { mark: (/** @type {unknown} */ at) => marked.push(at), steps: () => 3, read: () => [] }
  cursor.join(shows)
  const at = (/** @type {number} */ step) => ({ axis: "t", step })
  cursor.move(1) // there is none to be moved
  cursor.point(at(2))
  cursor.point(at(2))
  cursor.point(null)
  deepEqual(marked, [null, at(2), null])
  cursor.press(at(2))
  cursor.point(at(1))
  cursor.point(null)
  deepEqual([cursor.at, cursor.pinned], [at(2), true])
  for (const [by, step] of [[1, 3], [1, 3], [-1, 2], [-1, 1], [-1, 1]]) {
    cursor.move(by)
    deepEqual(cursor.at, at(step))
  }
  cursor.press(at(3))
  deepEqual(cursor.at, at(3))
  cursor.press(at(3))
  deepEqual([cursor.at, cursor.pinned], [null, false])
  cursor.press(at(1))
  cursor.leave(shows) // with all that shows it
  equal(cursor.at, null)
})

Deno.test("arrows are the cursor's while it is pinned, and no key of anybody else's is taken", () => {
  const cursor = new Cursor()
  cursor.join({ mark: () => {}, steps: () => 9 })
  const press = (/** @type {object} */ more) => {
    const taken = []
    const event = { preventDefault: () => {}, stopImmediatePropagation: () => taken.push(true), target: null, ...more }
    cursor.key(/** @type {KeyboardEvent} */ (/** @type {unknown} */ (event)))
    return taken.length === 1
  }
  const typing = { key: "ArrowRight", target: { closest: () => true } }
  equal(press({ key: "ArrowRight" }), false)
  cursor.point({ axis: "t", step: 4 }) // where a mouse happens to rest
  equal(press({ key: "ArrowRight" }), false)
  deepEqual([cursor.at?.step, cursor.pinned], [4, false])
  cursor.press({ axis: "t", step: 4 })
  equal(press({ key: "ArrowRight" }), true)
  deepEqual([cursor.at?.step, cursor.pinned], [5, true])
  for (const more of [{ key: "ArrowRight", shiftKey: true }, { key: "ArrowUp" }, { key: " " }, typing]) {
    equal(press(more), false)
  }
  equal(cursor.at?.step, 5)
})
