// The line that reads out what all pictures of the page show at the cursor's time step; by key, the way to the cursor.

import { cursor, Follower } from "../live/cursor.js"
import { mounts } from "../live/mount.js"
import { digits } from "../live/numbers.js"
import { element, fill, typeset } from "../live/text.js"

/** @import { Component, Words } from "../live/sent.d.ts" */
/** @import { Value } from "../live/cursor.js" */
/** @import { ReadoutData } from "./readout.d.ts" */

const DIGITS = 4
const SETTLED = 600 // milliseconds a pinned cursor has to stand still before it is spoken of, or in the address
const PHONE = matchMedia("(max-width: 767px)")

export default mounts((/** @type {HTMLElement} */ root, /** @type {ReadoutData} */ data) => new Readout(root, data))

class Readout {
  drawing = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  speaking
  spoken = "" // the place that was read aloud
  address = 0 // the step that it holds, 0 for none
  /** @type {number[]} those that were sent to it and are not there yet */
  sent = []
  /** @type {Component<ReadoutData>["setTriggerValue"]} */
  trigger = () => {}

  /**
   * @param {HTMLElement} root
   * @param {ReadoutData} data
   */
  constructor(root, data) {
    this.text = data.text
    this.line = find(root, ".readout")
    this.slider = find(root, ".rnnviz-step")
    this.aloud = find(root, ".aloud")
    this.root = root
    this.hear = () => this.soon()
    cursor.hears.add(this.hear)
    this.follower = new Follower("t", (step) => this.send(step ?? 0), SETTLED)
    this.resizing = new ResizeObserver(() => this.fit())
    this.main = /** @type {HTMLElement | null} */ (root.closest("[data-testid=stMain]"))
    if (this.main) this.resizing.observe(this.main)
    this.slider.addEventListener("focus", () => this.begin())
    this.slider.addEventListener("blur", () => this.soon())
  }

  /** @param {Component<ReadoutData>} component */
  update({ data, setTriggerValue }) {
    this.text = data.text
    this.trigger = setTriggerValue
    this.adopt(data.t)
    this.slider.setAttribute("aria-label", data.text.label)
    this.slider.title = data.text.keys
  }

  /**
   * Has the address hold the step at which the cursor is pinned.
   * @param {number} step
   */
  send(step) {
    if (step === (this.sent.at(-1) ?? this.address)) return
    this.sent.push(step)
    this.trigger("t", step)
  }

  /**
   * Goes where the address leads, unless it holds what was sent there.
   * @param {number} step
   */
  adopt(step) {
    if (step === this.address) return
    this.address = step
    const own = this.sent.indexOf(step)
    this.sent.splice(0, own + 1)
    if (own < 0) cursor.put(step ? { axis: "t", step } : null, Boolean(step))
  }

  /** By key, the cursor begins at the first step. */
  begin() {
    if (!cursor.at && cursor.steps("t")) cursor.put({ axis: "t", step: 1 }, true)
    this.soon()
  }

  /** Draws before the browser paints, once, however much has changed. */
  soon() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0
      this.draw()
    })
  }

  draw() {
    const { at, pinned } = cursor
    const { line, slider, text } = this
    const steps = at ? cursor.steps(at.axis) : 0
    if (at && steps && at.step > steps) return cursor.put({ ...at, step: steps }, pinned)
    if (!at || !steps) {
      if (line.matches(":popover-open")) line.hidePopover()
      this.room(0)
      this.speak("", "")
      return
    }
    const place = plain(fill(cursor.word() ? text.named : text.place, { ...at, word: cursor.word() }))
    // What several show has one number.
    const values = [...new Map(cursor.read().map((value) => [plain(value.name), said(value, text)]))]
    const parts = values.map(([name, number]) => {
      const part = element("span")
      const label = element("i")
      typeset(label, name)
      part.append(label, ` ${number}`)
      return part
    })
    line.replaceChildren(element("b", place), ...parts)
    line.classList.toggle("pinned", pinned)
    line.classList.toggle("focused", slider.matches(":focus-visible"))
    if (!line.matches(":popover-open")) line.showPopover()
    if (PHONE.matches) this.room(line.offsetHeight)
    slider.setAttribute("aria-valuemax", String(steps))
    slider.setAttribute("aria-valuenow", String(at.step))
    const sentence = [place, ...values.map((value) => value.join(" "))].join(", ")
    slider.setAttribute("aria-valuetext", sentence)
    this.speak(pinned && document.activeElement !== slider ? place : "", sentence)
  }

  /** Lets the line be as wide as the page beside its settings. */
  fit() {
    const main = this.main?.getBoundingClientRect()
    const around = this.root.closest("[data-testid=stMainBlockContainer]")
    const margin = around ? parseFloat(getComputedStyle(around).paddingLeft) : 0
    this.line.style.setProperty("--left", `${(main?.left ?? 0) + margin}px`)
    this.line.style.setProperty("--width", `${(main?.width ?? innerWidth) - 2 * margin}px`)
  }

  /**
   * On a phone the page ends above the line, which would cover too much of it.
   * @param {number} height pixels
   */
  room(height) {
    this.main?.style.setProperty("--readout", `${height}px`)
  }

  /**
   * Has a pinned place read aloud once it stands still, not every number that changes there.
   * @param {string} place
   * @param {string} sentence
   */
  speak(place, sentence) {
    if (place === this.spoken) return
    this.spoken = place
    clearTimeout(this.speaking)
    this.speaking = setTimeout(() => (this.aloud.textContent = sentence), place ? SETTLED : 0)
  }

  close() {
    this.room(0)
    cursor.hears.delete(this.hear)
    this.resizing.disconnect()
    this.follower.close()
    cancelAnimationFrame(this.drawing)
    clearTimeout(this.speaking)
  }
}

/**
 * @param {Value} value
 * @param {Words} text
 */
function said({ numbers, word }, text) {
  const [first, last = ""] = numbers.map((number) => digits(number, DIGITS))
  if (word !== undefined) return fill(text.named_value, { name: plain(word), value: first })
  return last ? fill(text.span, { low: first, high: last }) : first
}

/**
 * Words as plotly.js writes them, for `typeset`.
 * @param {string} words
 */
const plain = (words) => {
  const marked = words.replace(/<sub>(.*?)<\/sub>/g, "_$1").replace(/<[^>]*>/g, "")
  return new DOMParser().parseFromString(marked, "text/html").documentElement.textContent ?? ""
}

/**
 * @param {HTMLElement} root
 * @param {string} query
 */
const find = (root, query) => /** @type {HTMLElement} */ (root.querySelector(query))
