// Marks the cursor's time step on pictures that plotly.js has drawn, by elements that lie over them; puts the cursor
// where a pointer is, and reads out what the pictures show there.

import { cursor } from "./cursor.js"
import { element } from "./text.js"

/** @import { Axis, Plot, Trace } from "./live.d.ts" */
/** @import { Place, Value } from "./cursor.js" */

/** @typedef {"x" | "y"} Letter */

const LETTERS = /** @type {Letter[]} */ (["x", "y"])
const STILL = 5 // pixels a press may move, before it is a zoom

export class Marks {
  /** @type {WeakSet<Plot>} those whose drawing is followed */
  followed = new WeakSet()
  /** @type {{ plot: Plot, x: number, y: number } | null} where a pointer was pressed */
  pressed = null

  /** @param {Plot[]} plots */
  constructor(plots) {
    this.plots = plots
    this.leaving = new AbortController()
    const early = { capture: true, signal: this.leaving.signal } // plotly.js takes what is pressed for its own
    for (const plot of plots) {
      plot.addEventListener("pointermove", (event) => this.point(plot, event), early)
      plot.addEventListener("pointerleave", () => cursor.point(null), early)
      plot.addEventListener("pointerdown", ({ clientX: x, clientY: y }) => (this.pressed = { plot, x, y }), early)
    }
    addEventListener("pointerup", (event) => this.release(event), early)
    addEventListener("pointercancel", () => (this.pressed = null), early)
    cursor.join(this)
  }

  /**
   * A picture was drawn anew.
   * @param {Plot} plot
   */
  drawn(plot) {
    this.renew(plot)
    if (this.followed.has(plot)) return
    this.followed.add(plot)
    plot.on("plotly_afterplot", () => this.renew(plot))
  }

  /** @param {Plot} plot which may have other axes now, and other values */
  renew(plot) {
    this.put(plot)
    if (cursor.at) cursor.tell()
  }

  /**
   * @param {Plot} plot
   * @param {PointerEvent} event
   */
  point(plot, event) {
    if (!event.buttons && event.pointerType === "mouse") cursor.point(under(plot, event))
  }

  /** @param {PointerEvent} event */
  release(event) {
    const { pressed } = this
    this.pressed = null
    if (!pressed || event.button || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL) return
    const at = under(pressed.plot, event)
    if (!at) return
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur() // a slider would keep the arrows
    cursor.press(at)
  }

  mark() {
    for (const plot of this.plots) this.put(plot)
  }

  /**
   * Puts the marks of a picture where the cursor is, one on each axis that counts its steps.
   * @param {Plot} plot
   */
  put(plot) {
    const { at, pinned } = cursor
    for (const letter of LETTERS) {
      const mark = /** @type {HTMLElement | null} */ (plot.querySelector(`:scope > .mark.along-${letter}`))
      const span = at && place(plot, letter, at)
      if (!span) {
        if (mark) mark.hidden = true
        continue
      }
      const put = mark ?? Object.assign(element("i"), { className: `mark along-${letter}` })
      if (!mark) plot.append(put)
      put.hidden = false
      put.classList.toggle("pinned", pinned)
      const { start, size, from, length } = span
      const sizes = letter === "x" ? [start, from, size, length] : [from, start, length, size]
      const [left, top, width, height] = sizes.map((pixels) => `${pixels}px`)
      Object.assign(put.style, { translate: `${left} ${top}`, width, height })
    }
  }

  /** @param {string} axis */
  steps(axis) {
    return Math.max(0, ...this.plots.map((plot) => time(plot).find(([, of]) => of === axis)?.[2] ?? 0))
  }

  /**
   * @param {Place} at
   * @returns {Value[]}
   */
  read(at) {
    return this.plots.flatMap((plot) => {
      const [letter, of] = time(plot)[0] ?? [] // what a map of two axes shows belongs to the first
      return letter && of === at.axis ? values(plot, letter, at.step) : []
    })
  }

  /** @param {Place} at */
  word({ axis, step }) {
    for (const plot of this.plots) {
      const [letter] = time(plot).find(([, of]) => of === axis) ?? []
      const word = letter && plot._fullLayout.meta?.places?.[letter]?.[step - 1]
      if (word) return word
    }
    return ""
  }

  close() {
    this.leaving.abort()
    cursor.leave(this)
  }
}

/**
 * Which axes of a picture count time steps: of which axis of time, and how many.
 * @param {Plot} plot
 * @returns {[Letter, string, number][]}
 */
function time(plot) {
  if (plot.closest("figure")?.hidden) return []
  const found = Object.entries(plot._fullLayout?.meta?.time ?? {})
  return found.map(([letter, [axis, steps]]) => [/** @type {Letter} */ (letter), axis, steps])
}

/**
 * The step under a pointer, if it is over the place where a picture draws.
 * @param {Plot} plot
 * @param {PointerEvent} event
 * @returns {Place | null}
 */
function under(plot, { clientX, clientY }) {
  const [first] = time(plot)
  if (!first) return null
  const { left, top } = plot.getBoundingClientRect()
  const { xaxis, yaxis } = plot._fullLayout
  const x = clientX - left - xaxis._offset
  const y = clientY - top - yaxis._offset
  if (x < 0 || y < 0 || x > xaxis._length || y > yaxis._length) return null
  const [letter, axis, steps] = first
  const there = letter === "x" ? xaxis.p2l(x) : yaxis.p2l(y)
  return { axis, step: Math.min(Math.max(Math.round(there), 1), steps) }
}

/**
 * The room of the cursor's step on an axis of a picture, in pixels: along the axis, and across it.
 * @param {Plot} plot
 * @param {Letter} letter
 * @param {Place} at
 */
function place(plot, letter, { axis, step }) {
  if (!time(plot).some(([own, of, steps]) => own === letter && of === axis && step <= steps)) return null
  const { xaxis, yaxis } = plot._fullLayout
  const [along, across] = letter === "x" ? [xaxis, yaxis] : [yaxis, xaxis]
  const span = room(along, step)
  return span && { ...span, from: across._offset, length: across._length }
}

/**
 * Where a step is on an axis, in pixels; null where a zoom has left it out.
 * @param {Axis} axis
 * @param {number} step
 */
export function room({ l2p, _offset, _length }, step) {
  const ends = [l2p(step - 0.5), l2p(step + 0.5)]
  const low = Math.max(Math.min(...ends), 0)
  const high = Math.min(Math.max(...ends), _length)
  if (l2p(step) < 0 || l2p(step) > _length) return null
  return { start: _offset + low, size: Math.max(high - low, 1) }
}

/**
 * What a picture has to be read out at a step.
 * @param {Plot} plot
 * @param {Letter} letter the axis that counts the steps
 * @param {number} step
 */
function values(plot, letter, step) {
  const names = plot._fullLayout.meta?.places?.[letter === "x" ? "y" : "x"]
  return plot._fullData.flatMap((trace) => value(trace, letter, step, names) ?? [])
}

/**
 * What a trace has to be read out at a step: nothing where it has no value.
 * @param {Trace} trace
 * @param {Letter} letter the axis that counts the steps
 * @param {number} step
 * @param {string[]} [names] of the rows of a map, or its columns
 * @returns {Value | null}
 */
export function value(trace, letter, step, names) {
  const { visible, meta } = trace
  const at = meta?.read && visible === true ? Array.prototype.indexOf.call(trace[letter] ?? [], step) : -1
  if (at < 0 || !meta?.read) return null
  const name = meta.read
  if (meta.how === "value") {
    const number = Number(trace[letter === "x" ? "y" : "x"]?.[at] ?? NaN)
    return Number.isNaN(number) ? null : { name, numbers: [number] }
  }
  const map = /** @type {ArrayLike<ArrayLike<number>>} */ (trace[/** @type {"z"} */ (meta.values ?? "z")])
  const all = letter === "x" ? Array.from(map, (row) => row[at]) : Array.from(map[at] ?? [])
  const there = all.filter((number) => Number.isFinite(number))
  if (!there.length) return null
  const most = Math.max(...there)
  if (meta.how === "span") return { name, numbers: [Math.min(...there), most] }
  const which = all.indexOf(most)
  const words = /** @type {string[][] | undefined} */ (Array.isArray(trace.text) ? trace.text : undefined)
  const word = (letter === "x" ? words?.[which]?.[at] : words?.[at]?.[which]) ?? names?.[which]
  return { name, numbers: [most], word: word ?? String(which + 1) }
}
