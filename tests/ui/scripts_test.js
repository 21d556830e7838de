// The browser's modules where they need no browser: numbers, the window of time steps, labels, norms, the way of keys.

import { deepEqual, equal } from "node:assert/strict"
import { along, Clearing } from "../../rnnviz/ui/graph/labels.js"
import { network } from "../../rnnviz/ui/graph/network.js"
import { inSight } from "../../rnnviz/ui/graph/plan.js"
import { read, share, spectrum } from "../../rnnviz/ui/graph/reading.js"
import { begin } from "../../rnnviz/ui/graph/state.js"
import { Sweep } from "../../rnnviz/ui/graph/sweep.js"
import { fits } from "../../rnnviz/ui/graph/telling.js"
import { WAYS } from "../../rnnviz/ui/graph/walk.js"
import { decimals, decode, digits, FLOOR, row } from "../../rnnviz/ui/live/numbers.js"
import { evenly } from "../../rnnviz/ui/live/tables.js"
import { keep, kept } from "../../rnnviz/ui/words/kept.js"
import { level } from "../../rnnviz/ui/words/tint.js"

Deno.test("numbers are written as people read them", () => {
  const written = {
    0: "0",
    "-0.25": "\u22120.25",
    123456: "1.23e+5",
    0.00012: "1.20e\u22124",
    "-1e-7": "\u22121.00e\u22127",
  }
  for (const [value, text] of Object.entries(written)) equal(digits(Number(value), 3), text)
  deepEqual([NaN, Infinity, -Infinity].map((value) => digits(value, 3)), ["", "\u221e", "\u2212\u221e"])
  const decimal = { 1.25: "1.2500", "-0.5": "\u22120.5000", 12345.678: "12345.68", "-0.00004": "0.0000" }
  for (const [value, text] of Object.entries(decimal)) equal(decimals(Number(value)), text)
})

Deno.test("two numbers stand in a box where they fit it as they are written", () => {
  const measured = { "\u22120.0037 | \u22120.0076": 75, "\u22120.0074 | \u22120.015": 69, "0.12 | \u22120.34": 54 }
  for (const [numbers, pixels] of Object.entries(measured)) equal(fits(numbers, 70), pixels < 68)
})

Deno.test("an array is unpacked, and its last axis found by the others' indices", () => {
  const bytes = new Uint8Array(Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).buffer)
  const array = decode({ dtype: "f4", bdata: btoa(String.fromCharCode(...bytes)), shape: "2, 3, 2" })
  deepEqual([...row(array, 1, 2)], [10, 11])
  deepEqual([...row(array, 1)], [6, 7, 8, 9, 10, 11])
})

Deno.test("the window always holds the first step, the cursor's and the last", () => {
  deepEqual(inSight(6, 1280, 1), [1, 2, 3, 4, 5, 6])
  for (const width of [320, 390, 700, 1280, 1920]) {
    const { length } = inSight(300, width, 150)
    for (let cursor = 1; cursor <= 300; cursor++) {
      const steps = inSight(300, width, cursor)
      equal(steps.length, length)
      for (const step of [1, cursor, 300]) equal(steps.filter((shown) => shown === step).length, 1)
      for (const [i, step] of steps.entries()) {
        if (step && steps[i - 1]) equal(step, Number(steps[i - 1]) + 1) // no step is left out without a gap
      }
    }
  }
})

Deno.test("a label takes the first place that is free, or none", () => {
  const clearing = new Clearing(200, 100)
  clearing.take({ x: 100, y: 50 }, 60, 40)
  const places = along({ d: "", x: 100, y: 50, up: true }, 50, { width: 60, height: 40 }, false)
  equal(clearing.free(places, "W_hh"), null)
  const free = { x: 5, y: 20, anchor: /** @type {const} */ ("start") }
  equal(clearing.free([...places, free], "W_hh"), free)
  equal(clearing.free([free], "W_hh"), null)
  equal(clearing.free([{ ...free, x: 199 }], "W_hh"), null)
})

Deno.test("norms are told apart by powers of ten, between the smallest and the largest", () => {
  const norms = { data: Float64Array.from([1, 1e-5, 1e-10, 0, NaN]), shape: [5] }
  const range = spectrum({ input: norms })
  deepEqual(range, { largest: 1, decades: 10 })
  deepEqual([1, 1e-5, 1e-10, FLOOR / 2].map((norm) => share(norm, range)), [1, 0.5, 0, 0])
  deepEqual(spectrum({ input: { data: Float64Array.from([2]), shape: [1] } }).decades, 3)
})

Deno.test("a state's colours reach to 1, or as far as it does", () => {
  const packed = (/** @type {number[]} */ numbers) => {
    const bytes = new Uint8Array(Float64Array.from(numbers).buffer)
    return {
      dtype: /** @type {const} */ ("f8"),
      bdata: btoa(String.fromCharCode(...bytes)),
      shape: `${numbers.length}`,
    }
  }
  const scale = (/** @type {number[]} */ ...h) =>
    read({ seen: 0, key: "", words: {}, step: 1, values: { h: packed(h) }, inside: null }).scale.h
  deepEqual([scale(0.2, -0.5), scale(0.2, -4), scale(Infinity, 3)], [1, 4, 3])
})

/** Two time steps of one cell, its state before them, and its answers. */
const graph = network({
  nodes: [["h_0", 1, 0, 0, 1], ["x", 0, 0, 1, 0], ["h", 1, 0, 1, 1], ["y", 0, 0, 1, 2], ["x", 0, 0, 2, 0], [
    "h",
    1,
    0,
    2,
    1,
  ]],
  edges: [[0, 2, "W_hh", 1, 0], [1, 2, "W_ih", 1, 0], [2, 5, "W_hh", 1, 0]],
  ...{ steps: 2, layers: 1, directions: 1, rows: 4, middle: [1] },
})

Deno.test("keys lead to the next node in the row or column", () => {
  const from = graph.nodes[2]
  const ways = Object.entries(WAYS).map(([key, way]) => [key, way(graph.nodes, from)?.id])
  deepEqual(Object.fromEntries(ways), {
    ...{ ArrowLeft: "h_0-1-0-0", ArrowRight: "h-1-0-2", ArrowUp: "y-0-0-1", ArrowDown: "x-0-0-1" },
    ...{ Home: "h_0-1-0-0", End: "h-1-0-2" },
  })
})

Deno.test("a sweep comes to every node once, forwards and backwards", () => {
  for (const direction of /** @type {const} */ (["forward", "backward"])) {
    const sweep = new Sweep({ state: { ...begin(), direction }, network: graph }, () => {})
    const met = []
    while (sweep.advance(1)) met.push(sweep.current?.id)
    const order = graph.order.map(({ id }) => id)
    deepEqual(met, direction === "forward" ? order : order.reverse())
    equal(sweep.reached?.size, graph.order.length)
  }
})

Deno.test("some of many rows are evenly spread, the first and the last among them", () => {
  deepEqual(evenly([...Array(101).keys()], 5), [0, 25, 50, 75, 100])
  deepEqual(evenly([1, 2], 5), [1, 2])
})

Deno.test("a word's colour is as strong as its value, or as many powers of ten below the largest", () => {
  const signed = { signed: true, decades: 0, most: 4 }
  deepEqual([4, -2, 0, 9, -9, NaN, Infinity].map((value) => level(value, signed)), [1, -0.5, 0, 1, -1, 0, 1])
  deepEqual([-1, 2].map((value) => level(value, { ...signed, signed: false })), [0, 0.5])
  const decades = { signed: false, decades: 6, most: 1 }
  const close = [1, 1e-3, 1e-6, 1e-30, 0, NaN].map((value) => Number(level(value, decades).toFixed(6)))
  deepEqual(close, [1, 0.5, 0, 0, 0, 0])
  equal(level(1, { signed: true, decades: 0, most: 0 }), 0)
})

Deno.test("what was read is kept for its own task alone", () => {
  const typed = { text: "China <b>", at: 0, word: null, step: 2 }
  equal(kept("recall"), null)
  keep("recall", typed)
  deepEqual([kept("recall"), kept("reviews")], [typed, null])
  sessionStorage.clear()
  equal(kept("recall"), null)
})
