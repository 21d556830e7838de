// The browser's modules where they need no browser: numbers, the window of time steps, labels, norms, the way of keys.

import { deepEqual, equal, ok } from "node:assert/strict"
import { columns, stepAt } from "../../rnnviz/ui/graph/columns.js"
import { along, Clearing } from "../../rnnviz/ui/graph/labels.js"
import { cellOf, network } from "../../rnnviz/ui/graph/network.js"
import { inSight } from "../../rnnviz/ui/graph/plan.js"
import { read, share, spectrum } from "../../rnnviz/ui/graph/reading.js"
import { begin } from "../../rnnviz/ui/graph/state.js"
import { Sweep } from "../../rnnviz/ui/graph/sweep.js"
import { fits } from "../../rnnviz/ui/graph/telling.js"
import { WAYS } from "../../rnnviz/ui/graph/walk.js"
import { Frames } from "../../rnnviz/ui/live/frames.js"
import { moments, neighbour, place } from "../../rnnviz/ui/live/moments.js"
import { decimals, digits, FLOOR, row } from "../../rnnviz/ui/live/numbers.js"
import { evenly } from "../../rnnviz/ui/live/tables.js"
import { numbers } from "../../rnnviz/ui/pairs/behind.js"
import { WAYS as WAYS_IN_A_TREE } from "../../rnnviz/ui/pairs/branches.js"
import { crossing, ends, layout, letters, nearest, sourceAt } from "../../rnnviz/ui/pairs/layout.js"
import { lit, read as readPairs, told, weightsOf } from "../../rnnviz/ui/pairs/reading.js"
import { source } from "../../rnnviz/ui/pairs/source.js"
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

Deno.test("the last axis of an array is found by the others' indices", () => {
  const array = { data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), shape: [2, 3, 2] }
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

/**
 * Numbers as the server sends them.
 * @param {number[]} numbers
 */
function packed(numbers) {
  return { data: Float64Array.from(numbers), shape: [numbers.length] }
}

Deno.test("a state's colours reach to 1, or as far as it does", () => {
  const scale = (/** @type {number[]} */ ...h) => read({ step: 1, values: { h: packed(h) }, inside: null }).scale.h
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

Deno.test("keys lead from a branch to its parent, the best that goes on from it, and up and down in its step", () => {
  const places = [[-1, 0, 0], [-1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 4], [3, 2, 0]]
  const rest = { token: 0, name: "", own: 0, total: 0, kept: true, ended: false, forced: false }
  const branches = places.map(([parent, step, row]) => ({ parent, step, row, ...rest, greedy: false, best: false }))
  const ways = Object.entries(WAYS_IN_A_TREE).map(([key, way]) => [key, way(branches, branches[3])])
  deepEqual(Object.fromEntries(ways), {
    ...{ ArrowLeft: branches[0], ArrowRight: branches[5], ArrowUp: branches[2], ArrowDown: branches[4] },
    Home: branches[0],
  })
  equal(WAYS_IN_A_TREE.ArrowRight(branches, branches[1]), branches[2])
  equal(WAYS_IN_A_TREE.ArrowLeft(branches, branches[0]), undefined)
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

const sizes = { sources: [1, 1, 1], steps: 2, letters: 1, room: 600, looks: true, touched: false }
const plan = layout(sizes)

Deno.test("the parts stand one above the other, each in the middle, and each token has the room it needs", () => {
  equal(plan.source[1].x, (plan.target[0].x + plan.target[1].x) / 2)
  equal(plan.y.context < plan.y.key, true)
  const [short, long] = layout({ ...sizes, sources: [letters("a"), letters("hundred")], room: 100 }).source
  equal(long.width > 60 && long.width > 2 * short.width, true)
  equal(long.x - short.x, (long.width + short.width) / 2)
  deepEqual(["a", "abc", "\u7ea2\u8272"].map(letters), [1, 3, 3.6])
})

Deno.test("an arc is met where it is drawn, and of two the one that is closer", () => {
  const { from, to } = ends(plan, { t: 1, s: 0 })
  equal(crossing({ from, to }, from.y + 1), null)
  equal(crossing({ from, to }, to.y - 1), null)
  const middle = Number(crossing({ from, to }, (from.y + to.y) / 2))
  equal(Math.abs(middle - (from.x + to.x) / 2) < 1e-3, true)
  const weights = [0, 0, 1, 0.6, 0.4, 0]
  const all = () => true
  deepEqual(nearest(plan, weights, { x: middle, y: (from.y + to.y) / 2 }, all), { t: 1, s: 0 })
  deepEqual(nearest(plan, weights, { x: plan.source[1].x, y: plan.y.key - 20 }, all), { t: 1, s: 1 })
  equal(nearest(plan, weights, { x: plan.source[1].x, y: plan.y.key - 20 }, ({ t }) => t === 0), null)
  equal(nearest(plan, weights, { x: 5, y: plan.y.key - 20 }, all), null)
})

Deno.test("a weight is dropped at the source step it is above, and nowhere else", () => {
  const y = plan.y.key
  deepEqual([0, 1, 2].map((s) => sourceAt(plan, { x: plan.source[s].x + 5, y })), [0, 1, 2])
  deepEqual([sourceAt(plan, { x: plan.source[1].x, y: plan.y.context }), sourceAt(plan, { x: 0, y })], [null, null])
})

const output = { wrong: [false, true], changed: [false, false] }
const decoded = {
  own: false,
  source: ["red", "cat", "<b>"],
  read: ["<begin>", "A"],
  written: {
    ...output,
    tokens: ["A", "B"],
    p: packed([0.5, 0.25]),
    weights: packed([0.7, 0.25, 0.05, 0.04, 0.05, 0.91]),
  },
  untouched: null,
  right: ["A"],
  verdict: "",
  note: "",
  sums: null,
}
const words = {
  writes: "{t} writes {token} ({p}).",
  wrongly: "{t} writes {token} ({p}), right is {right}.",
  nothing: "nothing",
  looks: "It looks at {tokens}.",
  looked: "{s}, {token}, is looked at by {tokens}.",
  not_looked: "{s}, {token}: nobody.",
  reads: "{s}, {token}.",
  weighed: "{token} {weight}",
  listed: "{things}, {next}",
}

Deno.test("a token lights up what looks at it, and what it looks at", () => {
  const reading = readPairs(decoded)
  deepEqual(weightsOf(reading, { side: "source", at: 2 }), [0.05, 0.91])
  deepEqual(lit(reading, { side: "target", at: 0 }), [true, true, false])
  deepEqual(lit(reading, { side: "source", at: 2 }), [false, true])
  const even = readPairs({ ...decoded, written: { ...decoded.written, weights: packed([0.05, 0.04, 0.03, 0, 0, 0]) } })
  deepEqual(lit(even, { side: "target", at: 0 }), [true, false, false])
  deepEqual(lit(even, { side: "target", at: 1 }), [false, false, false])
})

Deno.test("the numbers of a token are read out, the largest first", () => {
  const tell = (/** @type {"source" | "target"} */ side, /** @type {number} */ at) =>
    told(readPairs(decoded), { side, at }, words)
  equal(tell("target", 0), "1 writes \u201cA\u201d (0.5). It looks at \u201cred\u201d 0.7, \u201ccat\u201d 0.25.")
  equal(tell("target", 1), "2 writes \u201cB\u201d (0.25), right is nothing. It looks at \u201c<b>\u201d 0.91.")
  equal(tell("source", 2), "3, \u201c<b>\u201d, is looked at by \u201cB\u201d 0.91.")
  const alone = readPairs({ ...decoded, written: { ...decoded.written, weights: null } })
  equal(told(alone, { side: "source", at: 0 }, words), "1, \u201cred\u201d.")
  equal(told(alone, { side: "target", at: 0 }, words), "1 writes \u201cA\u201d (0.5).")
})

Deno.test("the sums behind a weight are those of its softmax, and a hand on it is told", () => {
  const sums = {
    step: 0,
    at: 1,
    products: packed([0.5, -0.25]),
    query: packed([1, -2]),
    key: packed([0.5]),
    scores: packed([0, 0.25, 0]),
    weights: packed([0.3045, 0.391, 0.3045]),
    context: packed([0.125]),
  }
  const found = numbers(sums)
  equal(found.products, "0.5 + (\u22120.25)")
  equal(found.weight, "0.391") // exp(0.25) / (2 + exp(0.25))
  equal(found.touched, "")
  equal(found.query, "(1, \u22122)")
  equal(found.exponentials, "exp(0) + exp(0.25) + exp(0)")
  equal(found.weighted, "0.304\u00b7h\u0304\u2081 + 0.391\u00b7h\u0304\u2082 + 0.304\u00b7h\u0304\u2083")
  equal(numbers({ ...sums, weights: packed([0.5, 0, 0.5]) }).touched, "0")
})

Deno.test("a source is one for all panels, and of its own task alone", () => {
  let heard = 0
  source.addEventListener("change", () => heard++)
  equal(source.of("reverse"), null)
  source.take("reverse", "ABC")
  deepEqual([source.of("reverse"), source.of("dates"), heard], ["ABC", null, 1])
  sessionStorage.clear()
})

Deno.test("from moment to moment, back to the first and on to now, whatever is let go meanwhile", () => {
  const steps = [0, 4, 8, 12, 13]
  deepEqual([null, 13, 12, 9, 2, 0].map((at) => place(steps, at)), [4, 4, 3, 2, 0, 0])
  deepEqual([null, 12, 9, 4, 0].map((at) => neighbour(steps, at, -1)), [12, 8, 4, 0, 0])
  deepEqual([0, 6, 8, 12, null].map((at) => neighbour(steps, at, 1)), [4, 8, 12, null, null])
  deepEqual([neighbour([5], null, -1), neighbour([], null, 1)], [null, null])
})

Deno.test("a moment is shown by all that is live, until the training begins anew", () => {
  const shows = { at: /** @type {number | null} */ (null), inSight: true, moved: 0, move: () => shows.moved++ }
  const frame = { training: "a/0", at: null, then: null, steps: [0, 1, 2], said: "", kept: "" }
  moments.join(shows)
  moments.hear(frame)
  moments.choose(1)
  moments.choose(1)
  deepEqual([shows.moved, moments.settled], [1, false])
  shows.at = 1
  equal(moments.settled, true)
  moments.hear({ ...frame, steps: [0, 1, 2, 3] })
  equal(moments.at, 1)
  moments.hear({ ...frame, training: "a/1", steps: [0, 1, 2] })
  deepEqual([moments.at, shows.moved], [null, 2])
  moments.choose(3)
  moments.hear({ ...frame, training: "a/1", steps: [0, 1, 2] }) // of a component that is a little behind
  equal(moments.at, 3)
  moments.hear({ ...frame, training: "a/1", steps: [0, 2, 4, 5] })
  equal(moments.at, 2)
  moments.pin(4)
  moments.hear({ ...frame, training: "a/1", steps: [0, 3, 6, 7] })
  deepEqual([moments.at, moments.then], [0, 3])
  moments.hear({ ...frame, training: "a/2", steps: [0] })
  deepEqual([moments.at, moments.then], [null, null])
  moments.leave(shows)
  equal(moments.there, null)
  moments.choose(null)
})

Deno.test("a film goes on when all that is in sight shows the moment", async () => {
  const near = { at: /** @type {number | null} */ (null), inSight: true, moved: 0, move: () => near.moved++ }
  const far = { at: null, inSight: false, moved: 0, move: () => far.moved++ }
  for (const shows of [near, far]) moments.join(shows)
  moments.play(true)
  moments.choose(7)
  deepEqual([near.moved, far.moved], [2, 2])
  let settled = false
  const settling = moments.settle(1e6).then(() => (settled = true))
  moments.tell()
  await Promise.resolve()
  equal(settled, false)
  near.at = 7
  moments.tell()
  await settling
  await moments.settle(1e6)
  moments.choose(8)
  await moments.settle(1) // which nobody shows in time
  moments.play(false)
  deepEqual([near.moved, moments.hears.size], [4, 0])
  moments.choose(null)
  for (const shows of [near, far]) moments.leave(shows)
})

Deno.test("a second moment is asked for where it would be seen alone", () => {
  const asks = (/** @type {boolean} */ ghosts) => {
    /** @type {{ then: number | null }[]} */
    const sent = []
    const words = { lost: "", waiting: "", restarted: "", anew: "" }
    const feed = { socket: "", server: "", interval: 0, stopped: false, ghosts, words }
    const frames = new Frames(feed, { draw: () => {}, say: () => {} })
    const socket = { readyState: WebSocket.OPEN, send: (/** @type {string} */ text) => sent.push(JSON.parse(text)) }
    frames.socket = /** @type {WebSocket} */ (/** @type {unknown} */ ({ ...socket, close: () => {} }))
    moments.pin(3)
    frames.ask()
    const seen = moments.ghosts
    moments.pin(null)
    frames.close()
    return [sent[0].then, seen]
  }
  deepEqual([asks(true), asks(false)], [[3, true], [null, false]])
  equal(moments.ghosts, false)
})

Deno.test("the columns of the score's top stave are those of the pictures below", () => {
  const below = { left: 60, across: 440 } // of the axis from 0.5 to T + 0.5
  for (const steps of [1, 20, 50, 500]) {
    const known = network({ nodes: [], edges: [], steps, layers: 1, directions: 1, rows: 4, middle: [1] })
    const cursor = Math.ceil(steps / 2)
    const { x, y, apart, box, tall, column } = columns(known, { width: 600, height: 90 }, below, { cursor })
    equal(apart, steps <= 31)
    equal(box < column, apart)
    for (let step = 1; step <= steps; step++) {
      const shown = x({ step, encoder: false })
      if (!apart && step !== cursor) equal(shown, undefined)
      else ok(Math.abs(Number(shown) - (60 + ((step - 0.5) * 440) / steps)) < 1e-9)
      equal(stepAt(60 + ((step - 0.5) * 440) / steps, below, steps), step)
    }
    ok(y(2) - tall / 2 >= 0 && y(0) + tall / 2 <= 90 && y(1) - y(2) > tall)
  }
})

Deno.test("a node opens its own cell, an input the first layer's, an answer the last one's", () => {
  const deep = network({ nodes: [], edges: [], steps: 5, layers: 3, directions: 2, rows: 9, middle: [] })
  const base = { step: 4, row: 0, id: "", encoder: false }
  const node = (/** @type {"x" | "h" | "y" | "h_0"} */ kind, layer = 0, direction = 0) => ({
    ...base,
    kind,
    layer,
    direction,
  })
  deepEqual(cellOf(deep, node("h", 2, 1), 7), [1, 1, 3, 7])
  deepEqual(cellOf(deep, node("x"), 7), [0, 0, 3, 7])
  deepEqual(cellOf(deep, node("y"), 7), [2, 0, 3, 7])
  deepEqual(cellOf(deep, { ...node("h_0", 1, 1), step: 6 }, 0), [0, 1, 4, 0])
})
