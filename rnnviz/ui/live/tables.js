// What a picture is drawn from as tables, of a few dozen rows and columns at the most.

import { digits } from "./numbers.js"
import { element, line } from "./text.js"

/** @import { FullLayout, Plot, Trace } from "./live.d.ts" */
/** @import { Words } from "./sent.d.ts" */
/** @typedef {string | number} Place */

const MOST = { rows: 50, columns: 20 }

/**
 * One table for the lines and bars that share their axes, and one for each map.
 * @param {Plot} plot
 * @param {Words} text VALUES of board.py
 * @returns {HTMLElement[]}
 */
export function tables(plot, text) {
  const shown = plot._fullData.filter(({ visible, hoverinfo, showlegend }) =>
    visible === true && (hoverinfo !== "skip" || showlegend)
  )
  const maps = shown.filter(({ type }) => type === "heatmap").map((map) => mapTable(map, plot._fullLayout, text))
  const lines = Map.groupBy(shown.filter(({ type }) => type !== "heatmap"), ({ xaxis, yaxis }) => `${xaxis} ${yaxis}`)
  return [...[...lines.values()].map((traces) => lineTable(traces, plot._fullLayout, text)), ...maps].flat()
}

/**
 * @param {Trace[]} traces
 * @param {FullLayout} layout
 * @param {Words} text
 */
function lineTable(traces, layout, text) {
  /** @type {Map<Place, string[]>} */
  const rows = new Map()
  /** @type {Map<Place, string>} */
  const places = new Map()
  const dated = traces.length > 1 && traces.every(({ text: words }) => Array.isArray(words)) // words of the places, then
  for (const [i, { x = [], y = [], text: words, name }] of traces.entries()) {
    for (let at = 0; at < x.length; at++) {
      const cells = rows.get(x[at]) ?? []
      rows.set(x[at], cells)
      const word = Array.isArray(words) && words[at] !== name ? words[at] : ""
      if (dated && word) places.set(x[at], word)
      cells[i] = word && !dated ? worded(word, y[at]) : written(y[at])
    }
  }
  const keys = inOrder([...rows.keys()])
  const names = traces.map((trace) => plainText(trace._input.name) || title(layout, trace, "y") || text.value)
  const body = evenly(keys, MOST.rows).map((key) => [
    named(layout, traces[0], "x", places.get(key) ?? key),
    ...traces.map((_, i) => rows.get(key)?.[i] ?? ""),
  ])
  return table([title(layout, traces[0], "x"), ...names], body, { rows: keys.length, columns: 0 }, text)
}

/**
 * @param {Trace} map
 * @param {FullLayout} layout
 * @param {Words} text
 */
function mapTable(map, layout, text) {
  const all = Array.from(map.z ?? [], (values) => Array.from(values))
  const [first = []] = all
  const x = Array.from(map.x ?? [])
  const y = Array.from(map.y ?? [])
  const rows = evenly([...all.keys()], MOST.rows)
  const columns = evenly([...first.keys()], MOST.columns)
  const words = Array.isArray(map.text) ? map.text : []
  const cell = (/** @type {number} */ i, /** @type {number} */ j) =>
    words[i]?.[j] ? worded(words[i][j], all[i][j]) : written(all[i][j])
  const titled = (/** @type {"x" | "y"} */ letter, /** @type {string} */ arrow) => {
    const name = title(layout, map, letter)
    return name && `${name} ${arrow}`
  }
  const head = [
    `${titled("y", "\u2193")} ${titled("x", "\u2192")}`.trim(),
    ...columns.map((j) => named(layout, map, "x", x[j] ?? j + 1)),
  ]
  const body = rows.map((i) => [named(layout, map, "y", y[i] ?? i + 1), ...columns.map((j) => cell(i, j))])
  return table(head, body, { rows: all.length, columns: first.length }, text)
}

/**
 * @param {string[]} head
 * @param {string[][]} body
 * @param {{ rows: number, columns: number }} all how many there are
 * @param {Words} text
 */
function table(head, body, all, text) {
  const made = element("table")
  made.append(line(head, "th"), ...body.map((cells) => line(cells)))
  const some = all.rows > MOST.rows || all.columns > MOST.columns
  return some ? [element("p", text.some), made] : [made]
}

/**
 * What an axis counts, though a score may not write it beside it; empty where nobody said.
 * @param {FullLayout} layout
 * @param {Trace} trace
 * @param {"x" | "y"} letter
 */
function title(layout, trace, letter) {
  const axis = trace[/** @type {"xaxis" | "yaxis"} */ (`${letter}axis`)].replace(letter, `${letter}axis`)
  return plainText(layout.meta?.[letter] ?? layout[axis].title?.text)
}

/**
 * A place on an axis: with the word that is read there, where the axis counts time steps and words are read.
 * @param {FullLayout} layout
 * @param {Trace} trace
 * @param {"x" | "y"} letter
 * @param {Place} place
 */
function named(layout, trace, letter, place) {
  const own = trace[/** @type {"xaxis" | "yaxis"} */ (`${letter}axis`)] === letter // the others count something else
  const word = own && typeof place === "number" ? layout.meta?.places?.[letter]?.[place - 1] : ""
  return word ? `${written(place)} ${plainText(word)}` : written(place)
}

/** @param {Place[]} keys */
function inOrder(keys) {
  const numbers = keys.filter((key) => typeof key === "number")
  return numbers.length === keys.length ? numbers.sort((a, b) => a - b) : keys
}

/**
 * As many of these as there may be, evenly spread, the first and the last among them.
 * @template Item
 * @param {Item[]} items
 * @param {number} most
 */
export function evenly(items, most) {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))])
}

/**
 * @param {unknown} word
 * @param {unknown} value
 */
const worded = (word, value) => `${plainText(word)} (${written(value)})`

/**
 * Words of a picture without their marks for bold or what stands below the line.
 * @param {unknown} words
 */
function plainText(words = "") {
  return String(words).replace(/<br>/g, " ").replace(/<[^>]*>/g, "").trim()
}

/** @param {unknown} value */
function written(value) {
  if (typeof value === "number") return digits(value, 4) || "\u2013"
  return value == null ? "\u2013" : plainText(value)
}
