// plotly.js, as this page uses it: fetched once, dressed as the page is, harmless under a finger.

import { element } from "./text.js"

/** @import { Layout, Plot } from "./live.d.ts" */
/** @import { Numeric } from "./sent.d.ts" */

/** Its bar of tools would lie over legends; what it could do is done by mouse, or beside the values as text. */
const CONFIG = { displayModeBar: false }

/** @type {Promise<unknown> | null} */
let loading = null

/**
 * Resolves when plotly.js is there, which a page loads once.
 * @param {string} source
 */
export function loaded(source) {
  loading ??= fetched(source).then(remember).catch((error) => {
    loading = null // to be tried again with the next frame
    throw error
  })
  return loading
}

/** @param {string} source */
async function fetched(source) {
  const early = document.querySelector(`script[src="${source}"]`) // the page's own, which may be on its way
  if (early && document.readyState !== "complete") await new Promise((there) => addEventListener("load", there))
  if (globalThis.Plotly) return
  await new Promise((resolve, reject) => {
    const script = Object.assign(element("script"), { src: source, onload: resolve, onerror: reject })
    document.head.append(script)
  })
}

/** @type {Map<string, string[]>} by a trace's uid, which of its attributes are arrays */
const known = new Map()

/** At each change plotly.js goes through all attributes a trace could have, to find those that are arrays, which takes
 * longer than to draw it; which they are is the same from frame to frame. */
function remember() {
  const { findArrayAttributes } = Plotly.PlotSchema
  Plotly.PlotSchema.findArrayAttributes = (trace) => {
    const found = known.get(trace.uid) ?? findArrayAttributes(trace)
    known.set(trace.uid, found)
    return found
  }
}

/**
 * Draws a picture anew.
 * @param {Plot} plot
 * @param {object[]} data
 * @param {Layout} layout
 */
export function draw(plot, data, layout) {
  known.clear()
  return Plotly.react(plot, data, layout, CONFIG)
}

/**
 * What is sent of a figure as plotly.js takes it: of an array of two axes a list of its rows.
 * @param {any} sent
 * @returns {any}
 */
export function drawable(sent) {
  if (Array.isArray(sent)) return sent.map(drawable)
  if (sent === null || typeof sent !== "object") return sent
  if (ArrayBuffer.isView(sent.data)) return rows(sent)
  return Object.fromEntries(Object.entries(sent).map(([name, part]) => [name, drawable(part)]))
}

/** @param {Numeric} array */
function rows({ data, shape: [count, length] }) {
  return length === undefined
    ? data
    : Array.from({ length: count }, (_, i) => data.subarray(i * length, (i + 1) * length))
}

/** Without moving, and without drawing axes and legend again. */
const AT_ONCE = { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } }

/**
 * Puts other arrays into a picture. Where that moves no axis, and all are lines, the lines alone are drawn.
 * @param {Plot} plot
 * @param {Record<string, any>[]} arrays by trace, the attributes that changed
 * @param {(error: unknown) => void} fail
 */
export function change(plot, arrays, fail) {
  if (stands(plot, arrays)) {
    const data = (plot.data ?? []).map((_, i) => arrays[i] ?? {}) // a trace that is not named is taken away
    const done = Plotly.animate(plot, { data }, AT_ONCE)
    done.catch(fail) // it is drawn by now: there is nothing to wait for but that it is painted
    plot.emit("plotly_afterplot") // as restyle does
    return
  }
  const attributes = new Set(arrays.flatMap(Object.keys))
  const update = Object.fromEntries([...attributes].map((name) => [name, arrays.map((trace) => trace[name])]))
  for (const { uid } of plot._fullData) known.delete(uid)
  return Plotly.restyle(plot, update, [...arrays.keys()])
}

/**
 * Whether the axes stay where they are: those of lines do that follow no data but a holder's, see picture.py, unless the
 * picture has another size, which plotly.js would take for drawn.
 * @param {Plot} plot
 * @param {Record<string, any>[]} arrays
 */
function stands(plot, arrays) {
  const { data = [], _fullData, _fullLayout: { xaxis, yaxis, width, height } } = plot
  const resized = Math.abs(plot.clientWidth - width) >= 1 || Math.abs(plot.clientHeight - height) >= 1
  if (resized || _fullData.some(({ type }) => type !== "scatter")) return false
  const holder = data.findIndex(({ marker }) => marker?.opacity === 0)
  if (holder < 0) return !xaxis.autorange && !yaxis.autorange
  return Object.entries(arrays[holder] ?? {}).every(([name, values]) => same(values, data[holder][name]))
}

/**
 * @param {ArrayLike<unknown>} some
 * @param {ArrayLike<unknown> | undefined} others
 */
const same = (some, others) =>
  some.length === others?.length && Array.from(some).every((value, i) => value === others[i])

/**
 * Under a finger, a legend's small entries are no switches.
 * @param {Layout} layout
 */
export function touched(layout) {
  const coarse = matchMedia("(pointer: coarse)").matches
  return coarse ? { ...layout, legend: { ...layout.legend, itemclick: false, itemdoubleclick: false } } : layout
}

/**
 * The page's own font and colours, as a template: the figures leave them open.
 * @param {Element} root
 */
export function theme(root) {
  const style = getComputedStyle(root)
  const read = (/** @type {string} */ name) => style.getPropertyValue(`--st-${name}`).trim()
  const axis = { gridcolor: read("border-color"), linecolor: read("border-color"), zerolinecolor: read("border-color") }
  const hoverlabel = { bgcolor: read("secondary-background-color"), font: { color: read("text-color") } }
  return {
    layout: { font: { family: read("font"), color: read("text-color") }, xaxis: axis, yaxis: axis, hoverlabel },
  }
}
