// The unrolled graph of an encoder and a decoder, where it needs no browser: the window, places, keys, gradients.

import { deepEqual, equal } from "node:assert/strict"
import { network } from "../../rnnviz/ui/graph/network.js"
import { bothInSight, plan } from "../../rnnviz/ui/graph/plan.js"
import { crossing, flow, weight } from "../../rnnviz/ui/graph/reading.js"
import { WAYS } from "../../rnnviz/ui/graph/walk.js"

const VIEW = { folded: false, space: false }

Deno.test("two parts share the window: each shows its cursor's step, and the one at which they meet", () => {
  deepEqual(bothInSight(3, 4, 1280, { ...VIEW, source: 1, cursor: 1 }), [[1, 2, 3], [1, 2, 3, 4]])
  deepEqual(bothInSight(20, 21, 360, { ...VIEW, source: 9, cursor: 9 }), [[9, null, 20], [1, null, 9]])
  for (const width of [320, 390, 700, 1280]) {
    for (const [S, T] of [[20, 21], [5, 40], [40, 3]]) {
      for (let at = 1; at <= Math.max(S, T); at++) {
        const state = { ...VIEW, source: Math.min(at, S), cursor: Math.min(at, T) }
        const [sources, targets] = bothInSight(S, T, width, state)
        for (const step of [state.source, S]) equal(sources.filter((shown) => shown === step).length, 1)
        for (const step of [state.cursor, 1]) equal(targets.filter((shown) => shown === step).length, 1)
        for (const steps of [sources, targets]) {
          for (const [i, step] of steps.entries()) {
            if (step && steps[i - 1]) equal(step, Number(steps[i - 1]) + 1)
          }
        }
      }
    }
  }
})

/** An encoder of two steps, its last state handed over to one step of what looks at both. */
const two = network({
  nodes: [
    ["h", 1, 0, 1, 1, 1],
    ["h", 1, 0, 2, 1, 1],
    ["x", 0, 0, 1, 0],
    ["h", 1, 0, 1, 1],
    ["ctx", 0, 0, 1, 2],
    ["y", 0, 0, 1, 3],
  ],
  edges: [
    [0, 1, "W_hh", 1, 0],
    [1, 3, "W_hh", 1, 0],
    [3, 4, "query", 0, 0],
    [0, 4, "a_ts", 0, 0],
    [1, 4, "a_ts", 0, 0],
    [3, 5, "W_hy", 0, 0],
    [4, 5, "W_hy", 0, 0],
  ],
  ...{ steps: 1, layers: 1, directions: 1, rows: 5, middle: [1], source: { steps: 2, directions: 1, middle: [1] } },
})

/**
 * @param {number[]} numbers
 * @param {number[]} shape
 */
const numeric = (numbers, ...shape) => ({ data: Float64Array.from(numbers), shape })

Deno.test("the gradient and the weight of each edge between two parts are found", () => {
  const values = {
    "source.before": numeric([1, 2], 1, 1, 2),
    before: numeric([3], 1, 1, 1),
    "attention.query": numeric([4], 1),
    "attention.states": numeric([5, 6], 1, 1, 2),
    readout: numeric([7], 1, 1),
    "attention.readout": numeric([8], 1),
    a_ts: numeric([0.25, 0.75], 1, 2),
    "source.readout": numeric([9, 10], 1, 2),
  }
  const reading = { step: 1, values, said: {}, inside: null, scale: {}, range: { largest: 1, decades: 3 } }
  deepEqual(two.edges.map((edge) => flow(reading, edge)), [2, 3, 4, 5, 6, 7, 8])
  deepEqual([3, 4].map((i) => weight(reading, two.edges[i])), [0.25, 0.75])
  deepEqual(two.nodes.slice(0, 2).map((node) => crossing(reading, node, two)), [
    { attended: 9, handed: null },
    { attended: 10, handed: 3 },
  ])
})

Deno.test("an encoder stands left of what begins in its state, and edges go around what is between", () => {
  const state = { ...VIEW, source: 1, cursor: 1 }
  const { x } = plan(two, 900, state)
  const places = two.nodes.map((node) => x(node) ?? NaN)
  deepEqual(places[0] < places[1] && places[1] < places[2], true)
  deepEqual(places.slice(2), Array(4).fill(places[2]))
  deepEqual(two.edges.map(({ around }) => around), [false, false, false, false, false, true, false])
  const ways = Object.entries(WAYS).map(([key, way]) => [key, way(two.nodes, two.nodes[3])?.id])
  deepEqual(Object.fromEntries(ways), {
    ...{ ArrowLeft: "h-1-0-2-source", ArrowRight: undefined, ArrowUp: "ctx-0-0-1", ArrowDown: "x-0-0-1" },
    ...{ Home: "h-1-0-1-source", End: "h-1-0-1" },
  })
})
