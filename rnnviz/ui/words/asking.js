// What a visitor may ask to have read: a text of their own, another word in the place of one, none in its place.

import { element, pressed } from "../live/text.js"
import { keep, kept } from "./kept.js"

/** @import { Typed, WordsData } from "./sent.d.ts" */

// Characters of another word: there may be several in its place.
const MOST = 200

export class Asking {
  /** @type {Typed} */
  typed = { text: null, at: null, word: null, step: null }
  home = () => {} // gives the focus back to the word that was pressed

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement} change
   * @param {HTMLElement} refused where it is said what can't be read
   * @param {WordsData} data
   * @param {() => void} ask
   */
  constructor(form, change, refused, data, ask) {
    this.form = form
    this.change = change
    this.refused = refused
    this.data = data
    this.ask = ask
    const { text } = data
    this.area = Object.assign(element("textarea"), { placeholder: text.type, ariaLabel: text.type, rows: 2 })
    this.back = pressed(text.back, () => this.take({ text: null, at: null, word: null, step: null }))
    Object.assign(this.typed, kept(data.task))
    this.area.value = this.typed.text ?? ""
    this.back.hidden = this.typed.text === null
    form.append(this.area, Object.assign(element("button", text.read), { type: "submit" }), this.back)
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.read()
    })
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && event.target === this.area && !event.isComposing) {
        event.preventDefault()
        this.read()
      }
      event.stopPropagation() // the page's own shortcuts
    })
    change.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.shut()
      event.stopPropagation()
    })
  }

  /** Has the typed text read. */
  read() {
    const { longest, text } = this.data
    const whole = this.area.value
    const typed = plain(whole.slice(-longest)) // whose half a character in front goes, too
    if (!typed.trim()) return this.refuse(text.empty)
    this.take({ text: typed, at: null, word: null, step: null })
    if (whole.length > longest) this.refuse(text.long)
  }

  /** @param {string} sentence */
  refuse(sentence) {
    this.refused.textContent = sentence
  }

  /** @param {Partial<Typed>} typed */
  take(typed) {
    Object.assign(this.typed, typed)
    keep(this.data.task, this.typed)
    this.back.hidden = this.typed.text === null
    this.refuse("")
    this.shut()
    this.ask()
  }

  /**
   * Offers what can be done with a word.
   * @param {string} named which it is
   * @param {number} at its place among the words that are read
   * @param {number} step
   * @param {() => void} home
   */
  offer(named, at, step, home) {
    this.home = home
    const { text, vocabulary } = this.data
    const input = Object.assign(element("input"), { placeholder: text.another, ariaLabel: text.another, type: "text" })
    const list = Object.assign(element("datalist"), { id: "rnnviz-vocabulary" })
    list.append(...vocabulary.map((word) => element("option", word)))
    input.setAttribute("list", list.id)
    const swap = () => input.value.trim() && this.take({ at, word: plain(input.value).trim().slice(0, MOST) })
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return
      event.preventDefault() // it would press the word, which has the focus then
      swap()
    })
    this.change.replaceChildren(
      element("span", named),
      input,
      list,
      pressed(text.swap, swap),
      pressed(text.leave_out, () => this.take({ at, word: null })),
      pressed(text.judged, () => this.take({ step })),
      ...(this.typed.at === null ? [] : [pressed(text.undo, () => this.take({ at: null, word: null }))]),
      pressed(text.close, () => this.shut()),
    )
    this.change.hidden = false
    input.focus()
  }

  shut() {
    const held = this.change.contains(document.activeElement)
    this.change.hidden = true
    if (held) this.home()
  }

  /** Forgets what was asked for: another task has other words. */
  forget() {
    Object.assign(this.typed, { text: null, at: null, word: null, step: null })
    keep(this.data.task, this.typed)
    this.back.hidden = true
    this.shut()
  }
}

/**
 * A text without what can't be seen, which would also take six characters of a request each.
 * @param {string} text
 */
const plain = (text) => text.replace(/[\p{Cc}\p{Cs}]/gu, " ")
