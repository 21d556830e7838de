// A source of the visitor's own, typed for all panels of the page.

import { element, pressed } from "../live/text.js"
import { source } from "./source.js"

/** @import { TypingData } from "./typing.d.ts" */

export class Typing {
  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement} refused where it is said what can't be read
   * @param {TypingData} data
   * @param {AbortSignal} signal
   */
  constructor(form, refused, data, signal) {
    this.refused = refused
    this.data = data
    const { text } = data
    this.input = Object.assign(element("input"), { type: "text", placeholder: text.type, ariaLabel: text.type })
    this.back = pressed(text.back, () => source.take(this.data.task, null))
    this.asks = Object.assign(element("p"), { className: "asks" })
    form.append(this.input, Object.assign(element("button", text.read), { type: "submit" }), this.back, this.asks)
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.read()
    })
    form.addEventListener("keydown", (event) => event.stopPropagation()) // the page's own shortcuts
    source.addEventListener("change", () => this.show(), { signal })
    this.show()
  }

  read() {
    const typed = this.input.value.replace(/[\p{Cc}\p{Cs}]/gu, " ").slice(0, this.data.longest)
    this.refused.textContent = typed.trim() ? "" : this.data.text.empty
    if (typed.trim()) source.take(this.data.task, typed)
  }

  /** What was typed, be it in another panel. */
  show() {
    const text = source.of(this.data.task)
    this.back.hidden = text === null
    this.input.maxLength = this.data.longest
    this.asks.textContent = this.data.asks
    if (document.activeElement !== this.input) this.input.value = text ?? ""
  }
}
