// Messages of arrays, as the browser reads them: built byte by byte, cut short, malformed; and how they are drawn.

import { deepEqual, equal, throws } from "node:assert/strict"
import { Frames } from "../../rnnviz/ui/live/frames.js"
import { unpacked } from "../../rnnviz/ui/live/numbers.js"
import { change, drawable } from "../../rnnviz/ui/live/plotly.js"

/**
 * A message as the server sends it, byte by byte.
 * @param {string} header
 * @param {Uint8Array[]} arrays
 */
function message(header, ...arrays) {
  const text = new TextEncoder().encode(header)
  const [spaces, length] = [-(4 + text.length) & 7, text.length + (-(4 + text.length) & 7)]
  const parts = [new Uint8Array(Uint32Array.of(length).buffer), text, new Uint8Array(spaces).fill(32), ...arrays]
  return Uint8Array.from(parts.flatMap((part) => [...part])).buffer
}

const bytes = (/** @type {ArrayBufferView<ArrayBuffer>} */ array) => new Uint8Array(array.buffer)
const HEADER =
  '{"words":{"said":"\u00e9\u4e2d"},"arrays":[{"dtype":"i4","shape":[1,2],"at":8},{"dtype":"f8","shape":[1],"at":0}]}'
const WHOLE = message(HEADER, bytes(Float64Array.of(NaN)), bytes(Int32Array.of(-7, 2 ** 31 - 1)))

Deno.test("a message is read as it was sent, and its arrays look at its own bytes", () => {
  const { words, arrays: [whole, real] } = unpacked(WHOLE)
  deepEqual(words, { said: "\u00e9\u4e2d" })
  deepEqual([whole.shape, whole.data], [[1, 2], Int32Array.of(-7, 2 ** 31 - 1)])
  deepEqual([real.shape, ...real.data], [[1], NaN])
  equal(whole.data.buffer, WHOLE)
})

Deno.test("of a message that is cut short or malformed nothing is read", () => {
  for (let length = 0; length < WHOLE.byteLength; length++) throws(() => unpacked(WHOLE.slice(0, length)))
  const text = /** @type {ArrayBuffer} */ (/** @type {unknown} */ ('{"words":{}}'))
  throws(() => unpacked(text))
  const array = (/** @type {object} */ named) => message(JSON.stringify({ named }), new Uint8Array(16))
  unpacked(array({ dtype: "f4", shape: [2, 2], at: 0 }))
  for (const shape of [[5], [-1], [2, 3]]) throws(() => unpacked(array({ dtype: "f4", shape, at: 0 })))
  for (const at of [4, 16, -64]) throws(() => unpacked(array({ dtype: "f8", shape: [1], at })))
  throws(() => unpacked(array({ dtype: "f2", shape: [1], at: 0 })))
  throws(() => unpacked(message('{"named": nul')))
  throws(() => unpacked(message("\ud800").slice(0, -1)))
})

/**
 * With what code a socket is closed that gets a message.
 * @param {ArrayBuffer} data
 * @param {(frame: unknown, almost: () => void) => unknown} draw
 */
async function closing(data, draw) {
  const { WebSocket, console: { error } } = globalThis
  const closed = Promise.withResolvers()
  const close = closed.resolve
  Object.assign(globalThis, {
    document: { baseURI: "http://server/" },
    requestAnimationFrame: setTimeout,
    WebSocket: class {
      close = close
    },
  })
  console.error = () => {}
  const words = { lost: "", waiting: "", restarted: "", anew: "" }
  const feed = { socket: "live/bench/token", server: "", interval: 0, stopped: false, words }
  const frames = new Frames(feed, { draw, say: () => {} })
  frames.follow()
  frames.socket?.onmessage?.(new MessageEvent("message", { data }))
  const code = await closed.promise
  frames.close()
  Object.assign(globalThis, { document: undefined, requestAnimationFrame: undefined, WebSocket })
  console.error = error
  return code
}

Deno.test("a network that stops again after a reset is told of again", () => {
  const words = { lost: "", waiting: "", restarted: "", anew: "" }
  const data = { socket: "live/bench/token", server: "", interval: 0, stopped: false, words }
  const frames = new Frames(data, { draw: () => {}, say: () => {} })
  const told = /** @type {string[]} */ ([])
  const setTriggerValue = (/** @type {string} */ _, /** @type {unknown} */ value) => told.push(String(value))
  const rerun = (/** @type {boolean} */ stopped) => {
    const component = /** @type {any} */ ({ data: { ...data, stopped }, setTriggerValue })
    frames.update(component)
  }
  frames.address = data.socket
  for (const stopped of [false, true, false]) {
    rerun(stopped)
    for (let frame = 0; frame < 2; frame++) frames.tell(true)
  }
  frames.close()
  deepEqual(told, ["true", "true"])
})

Deno.test("a malformed message ends its socket, so that the next one draws everything anew", async () => {
  equal(await closing(WHOLE.slice(0, -1), () => {}), 4000)
})

Deno.test("so does a drawing that fails, be it when it is as good as done", async () => {
  const sent = message('{"seen": 1, "key": "", "words": {}, "figures": {}}')
  const fail = () => {
    throw Error("not drawn")
  }
  const late = (/** @type {unknown} */ _, /** @type {() => void} */ almost) => Promise.resolve(almost()).then(fail)
  for (const draw of [fail, late]) equal(await closing(sent, draw), 4000)
})

Deno.test("plotly.js is given the rows of what has two axes, wherever it stands", () => {
  const [line, map] = [Float32Array.of(1, 2), Float32Array.of(1, 2, 3, 4, 5, 6)]
  const sent = [{ y: { data: line, shape: [2] }, line: { dash: "dot", width: null }, text: ["a", 3] }, {
    z: { data: map, shape: [2, 3] },
    marker: { color: { data: line, shape: [2] } },
  }]
  const [first, second] = drawable(sent)
  equal(first.y, line)
  equal(second.marker.color, line)
  deepEqual([first.line, first.text], [{ dash: "dot", width: null }, ["a", 3]])
  deepEqual(second.z, [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)])
  equal(second.z[1].buffer, map.buffer)
})

Deno.test("lines are drawn alone where no axis follows them, else the whole picture", () => {
  const drawn = /** @type {string[]} */ ([])
  const Plotly = {
    animate: (/** @type {unknown} */ _, /** @type {object} */ frame) =>
      Promise.resolve(drawn.push(JSON.stringify(frame))),
    restyle: (/** @type {unknown} */ _, /** @type {object} */ update) => drawn.push(JSON.stringify(update)),
  }
  Object.assign(globalThis, { Plotly })
  const line = { type: "scatter", y: Float32Array.of(1, 2) }
  const holder = { type: "scatter", x: [0, 8], y: Float32Array.of(0, 4), marker: { opacity: 0 } }
  const drawing = (/** @type {object[]} */ data, autorange = true, width = 300) => {
    const _fullLayout = { xaxis: {}, yaxis: { autorange }, width, height: 200 }
    const plot = {
      data,
      _fullData: data,
      _fullLayout,
      clientWidth: 300,
      clientHeight: 200,
      emit: () => drawn.push("said"),
    }
    const y = [3, 4]
    return (/** @type {object[]} */ ...held) => {
      change(/** @type {import("../../rnnviz/ui/live/live.d.ts").Plot} */ (/** @type {unknown} */ (plot)), [
        { y },
        ...held,
      ], () => {})
      return drawn.splice(0)
    }
  }
  const lines = ['{"data":[{"y":[3,4]}]}', "said"]
  const both = ['{"data":[{"y":[3,4]},{}]}', "said"]
  const all = ['{"y":[[3,4]]}']
  deepEqual(drawing([line], false)(), lines)
  deepEqual(drawing([line], true)(), all)
  deepEqual(drawing([line, holder])(), both)
  deepEqual(drawing([line, holder])({ x: [0, 8], y: [0, 4] }).length, 2)
  deepEqual(drawing([line, holder])({ y: [0, 8] }), ['{"y":[[3,4],[0,8]]}'])
  deepEqual(drawing([line, holder])({ y: [0, 4, 8] }).length, 1)
  deepEqual(drawing([line, holder, { type: "heatmap" }])(), all)
  deepEqual(drawing([line, holder], true, 299.6)(), both)
  deepEqual(drawing([line, holder], true, 310)(), all)
  Object.assign(globalThis, { Plotly: undefined })
})
