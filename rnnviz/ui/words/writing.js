// What the network writes: the words at the cursor, what may come next, and line after line while it trains.

import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"
import { element, fill, pressed } from "../live/text.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { WritingData, WritingFrame, Written } from "./writing.d.ts" */

const LINES = 12 // that stay
const SHOWN = 10 // tokens that can be taken
const REST = 1500 // milliseconds for which a line is read before the next is asked for

export default mounts((/** @type {HTMLElement} */ root, /** @type {WritingData} */ data) => new Desk(root, data))

class Desk extends Stage {
  /** @type {string | null} what is read first; the beginning of the probe if null */
  typed = null
  /** @type {Written | null} */
  written = null
  newest = -1 // the training step of the newest line
  at = -Infinity // when it came
  listening = false

  /**
   * @param {HTMLElement} root
   * @param {WritingData} data
   */
  constructor(root, data) {
    super(root, data)
    this.vocabulary = data.vocabulary
    const { text } = data
    this.input = Object.assign(element("input"), { type: "text", placeholder: text.type, ariaLabel: text.type })
    this.back = pressed(text.back, () => this.begin(null))
    this.back.hidden = true
    const form = /** @type {HTMLFormElement} */ (this.find(".prompt"))
    form.append(this.input, Object.assign(element("button", text.write), { type: "submit" }), this.back)
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.begin(this.input.value || null)
    })
    form.addEventListener("keydown", (event) => event.stopPropagation()) // the page's own shortcuts
    const buttons = /** @type {HTMLButtonElement[]} */ (
      Array.from({ length: SHOWN }, (_, place) => pressed("", () => this.take(place)))
    )
    this.buttons = buttons
    this.find(".next").append(...buttons)
    this.find(".begins b").textContent = text.prompt
    this.find("h3").textContent = text.title
    this.find(".help").textContent = text.help
  }

  /**
   * @override
   * @param {Component<WritingData>} component
   */
  update(component) {
    super.update(component)
    if (component.data.vocabulary === this.vocabulary) return
    this.vocabulary = component.data.vocabulary
    this.begin(null)
  }

  /** @override */
  more() {
    const due = performance.now() - this.at > REST
    return { typed: { text: this.typed }, newest: due ? this.newest : null }
  }

  /**
   * Goes on from another beginning, with lines of its own.
   * @param {string | null} text
   */
  begin(text) {
    this.typed = text
    this.back.hidden = text === null
    this.forget()
    this.frames.again()
  }

  forget() {
    this.newest = -1
    this.at = -Infinity
    this.find(".written").replaceChildren()
  }

  /**
   * @override
   * @param {WritingFrame} frame
   */
  first({ writing }) {
    if (!writing) return
    if (writing.step < this.newest) this.forget() // it began anew
    this.written = writing
    this.put(".said", writing.prompt)
    this.put(".note", writing.note)
    for (const [place, button] of this.buttons.entries()) {
      const name = writing.names[place]
      button.hidden = name === undefined
      if (button.textContent === name) continue
      button.textContent = name ?? ""
      button.setAttribute("aria-label", fill(this.data.text.take, { token: name ?? "" }))
    }
    if (writing.line === null || writing.step === this.newest) return
    const line = element("li")
    const prompt = Object.assign(element("bdi", writing.prompt), { className: "said" })
    const text = Object.assign(element("bdi", writing.line), { className: "goes" })
    const at = fill(this.data.text.at, { step: writing.step })
    line.append(Object.assign(element("span", at), { className: "at" }), prompt, text)
    const lines = this.find(".written")
    lines.prepend(line)
    while (lines.childElementCount > LINES) lines.lastElementChild?.remove()
    this.newest = writing.step
    this.at = performance.now()
  }

  /**
   * @override
   * @param {WritingFrame} frame
   * @param {() => void} almost
   * @param {(error: unknown) => void} fail
   */
  async draw(frame, almost, fail) {
    await super.draw(frame, almost, fail)
    const plot = this.plots.likeliest
    if (this.listening || !plot.data) return
    this.listening = true
    const listen = /** @type {(on: string, act: (event: { points: { pointNumber: number }[] }) => void) => void} */ (
      Reflect.get(plot, "on").bind(plot)
    )
    listen("plotly_click", ({ points: [point] }) => this.take(point.pointNumber))
  }

  /**
   * Takes the token of a bar, and goes on from there.
   * @param {number} place
   */
  take(place) {
    const next = this.written?.next[place]
    if (next !== undefined) this.begin(next)
  }

  /**
   * Puts in plain text.
   * @param {string} where
   * @param {string} text
   */
  put(where, text) {
    const place = this.find(where)
    if (place.textContent !== text) place.textContent = text
  }
}
