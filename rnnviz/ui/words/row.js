// A text as a row of words, each with its colour: made anew only when the words are others.

import { digits } from "../live/numbers.js"
import { block, element, fill, typeset } from "../live/text.js"
import { level } from "./tint.js"

/** @import { Numbers, Words } from "../live/sent.d.ts" */
/** @import { Row, Scale } from "./sent.d.ts" */

const PADDING = "\u25ab"
const NOTHING = "\u2013"

export class TextRow {
  words = ""
  current = -1 // the word the keys are at
  /** @type {HTMLElement[]} by step */
  tokens = []
  /** @type {number[] | Numbers} */
  values = []
  /** @type {ArrayLike<number>} */
  shares = []
  /** @type {Row | null} */
  row = null

  /**
   * @param {Words} text
   * @param {object} does
   * @param {(row: TextRow, step: number) => void} does.point shows what there is to say of a word
   * @param {(row: TextRow, step: number) => void} does.press
   * @param {() => void} does.leave
   */
  constructor(text, { point, press, leave }) {
    this.text = text
    this.title = element("b")
    this.answer = element("span")
    const header = element("header")
    header.append(this.title, this.answer)
    this.line = Object.assign(element("div"), { className: "line" })
    this.line.setAttribute("role", "group")
    this.note = Object.assign(element("p"), { className: "note" })
    this.place = block("row", header, this.line, this.note)
    const at = (/** @type {Event} */ { target }) => this.tokens.indexOf(/** @type {HTMLElement} */ (target))
    for (const event of ["pointerover", "focusin"]) this.line.addEventListener(event, (e) => this.go(at(e), point))
    this.line.addEventListener(
      "click",
      (event) => at(event) >= 0 && this.pressable(at(event)) && press(this, at(event)),
    )
    this.line.addEventListener("keydown", (event) => this.walk(event))
    this.line.addEventListener("pointerleave", leave)
  }

  /**
   * @param {Row} row
   * @param {Scale} scale
   * @param {string} title
   */
  show(row, scale, title) {
    this.row = row
    this.values = row.values.data
    this.shares = row.shares.data
    const words = JSON.stringify([row.words, row.kinds])
    if (words !== this.words) this.build(row)
    this.words = words
    for (const [step, token] of this.tokens.entries()) {
      const strength = level(this.values[step], scale)
      token.style.setProperty("--tint", Math.abs(strength).toFixed(3))
      token.classList.toggle("minus", strength < 0)
      token.classList.toggle("judged", step === row.at)
      token.classList.toggle("changed", row.changed.includes(step))
    }
    write(this.title, title)
    write(this.answer, row.answer)
    write(this.note, row.note)
    this.line.setAttribute("aria-label", title)
  }

  /**
   * Marks where the cursor is.
   * @param {number} step -1 for nowhere
   */
  mark(step) {
    for (const [at, token] of this.tokens.entries()) token.classList.toggle("cursor", at === step)
  }

  /** @param {Row} row */
  build({ words, kinds }) {
    this.tokens = words.map((word, step) => {
      const kind = kinds[step]
      const token = element(kind === "padding" ? "span" : "button", kind === "padding" ? PADDING : word || NOTHING)
      token.className = `token ${kind}`
      if (kind === "padding") token.title = this.text.padding
      else Object.assign(token, { type: "button", tabIndex: -1 })
      return token
    })
    this.line.replaceChildren(...this.tokens)
    this.current = -1
    const first = this.tokens.find((token) => token.tabIndex === -1 && token.tagName === "BUTTON")
    if (first) first.tabIndex = 0
  }

  /** @param {number} step */
  pressable(step) {
    return this.tokens[step]?.tagName === "BUTTON"
  }

  /**
   * @param {number} step
   * @param {(row: TextRow, step: number) => void} point
   */
  go(step, point) {
    if (step < 0) return
    this.current = step
    point(this, step)
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const buttons = this.tokens.filter((token) => token.tagName === "BUTTON")
    const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target))
    const ways = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: buttons.length - 1 }
    if (event.key === " " || event.key.startsWith("Arrow")) event.stopPropagation() // the page's own shortcuts
    if (!(event.key in ways)) return
    event.preventDefault()
    const next = buttons[ways[/** @type {keyof typeof ways} */ (event.key)]]
    if (!next) return
    buttons[here].tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }

  /**
   * Which word it is, by its place among those that are read.
   * @param {number} step
   */
  named(step) {
    const { words = [], kinds = [] } = this.row ?? {}
    const before = kinds.filter((kind) => kind === "padding").length
    const also = kinds[step] === "unknown" ? this.text.unknown : kinds[step] === "nothing" ? this.text.nothing : ""
    const word = also ? `${words[step] || NOTHING} (${also})` : words[step]
    return fill(this.text.chosen, { n: step - before + 1, count: words.length - before, word })
  }

  /**
   * All there is to say of a word.
   * @param {number} step
   * @param {string} name what the values are called
   */
  told(step, name) {
    if (!this.row || step >= this.row.words.length) return ""
    const which = this.row.kinds[step] === "padding" ? this.text.padding : this.named(step)
    const value = `${name} ${digits(this.values[step], 3) || NOTHING}`
    return fill(this.text.about, { which, value, answer: this.row.after[step], share: digits(this.shares[step], 3) })
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} sentence
 */
function write(place, sentence) {
  if (place.dataset.says === sentence) return
  place.dataset.says = sentence
  typeset(place, sentence)
}
