// The page of words: the texts in their colours, and below them the live pictures of the same frames.

import { cursor } from "../live/cursor.js"
import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"
import { digits } from "../live/numbers.js"
import { element, line, typeset } from "../live/text.js"
import { Asking } from "./asking.js"
import { TextRow } from "./row.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { Place, Shows } from "../live/cursor.js" */
/** @import { Reading, WordsData, WordsFrame } from "./sent.d.ts" */

export default mounts((/** @type {HTMLElement} */ root, /** @type {WordsData} */ data) => new WordsStage(root, data))

class WordsStage extends Stage {
  /** @type {Reading | null} */
  reading = null
  /** @type {{ row: TextRow, step: number } | null} */
  pointed = null

  /**
   * @param {HTMLElement} root
   * @param {WordsData} data
   */
  constructor(root, data) {
    super(root, data)
    this.task = data.task
    const form = /** @type {HTMLFormElement} */ (this.find(".own"))
    this.asking = new Asking(form, this.find(".change"), this.find(".refused"), data, () => this.frames.again())
    this.rows = [0, 1].map((n) =>
      new TextRow(data.text, {
        point: (row, step) => this.point(row, step),
        press: (row, step) => {
          cursor.put({ axis: "t", step: step + 1 }, true)
          if (!n) this.asking.offer(row.named(step), step - this.before(row), step, () => row.tokens[step]?.focus())
        },
        leave: () => cursor.point(null),
      })
    )
    /** @type {Shows} */
    this.texts = {
      mark: (at) => this.rows.forEach((row) => row.mark(at?.axis === "t" ? at.step - 1 : -1)),
      steps: (axis) => axis === "t" ? Math.max(...this.rows.map((row) => row.tokens.length)) : 0,
      word: ({ axis, step }) => (axis === "t" && this.rows[0].row?.words[step - 1]) || "",
      read: (at) => this.values(at),
    }
    cursor.join(this.texts)
    this.find(".about").textContent = data.text.help
    this.find(".numbers summary").textContent = data.text.numbers
    this.find(".numbers .scroll").setAttribute("aria-label", data.text.numbers)
    this.find(".numbers").addEventListener("toggle", () => this.table())
  }

  /**
   * @override
   * @param {Component<WordsData>} component
   */
  update(component) {
    super.update(component)
    this.asking.data = component.data // whose vocabulary depends on more than the task
    if (component.data.task === this.task) return
    this.task = component.data.task
    this.asking.forget()
  }

  /** @override */
  more() {
    return { typed: this.asking.typed }
  }

  /**
   * How many steps of padding stand before a text.
   * @param {TextRow} row
   */
  before(row) {
    return row.row?.kinds.filter((kind) => kind === "padding").length ?? 0
  }

  /**
   * @override
   * @param {WordsFrame} frame
   */
  first({ reading }) {
    if (!reading) return
    this.reading = reading
    const { text } = this.data
    const shown = reading.rows.map((row, n) => {
      this.rows[n].show(row, reading.scale, n ? text.changed : reading.own ? text.own : text.probe)
      return this.rows[n].place
    })
    const place = this.find(".rows")
    while (place.childElementCount > shown.length) place.lastElementChild?.remove()
    place.append(...shown.slice(place.childElementCount)) // one that stays keeps the focus
    this.write(".meaning", reading.legend)
    if (this.pointed) this.tell()
    this.texts.mark(cursor.at, cursor.pinned)
    if (cursor.at) cursor.tell()
  }

  /** @param {Place} at */
  values({ axis, step }) {
    const [value] = axis === "t" && this.reading ? this.rows[0].values.slice(step - 1, step) : []
    return this.reading && Number.isFinite(value) ? [{ name: this.reading.name, numbers: [value] }] : []
  }

  /** @override */
  close() {
    cursor.leave(this.texts)
    super.close()
  }

  /**
   * @param {TextRow} row
   * @param {number} step
   */
  point(row, step) {
    this.pointed = { row, step }
    cursor.point({ axis: "t", step: step + 1 })
    this.tell()
    const token = row.tokens[step]
    if (token === document.activeElement) token.setAttribute("aria-label", row.told(step, this.reading?.name ?? ""))
  }

  tell() {
    if (this.pointed && this.reading) this.write(".about", this.pointed.row.told(this.pointed.step, this.reading.name))
  }

  /**
   * @param {string} where
   * @param {string} sentence
   */
  write(where, sentence) {
    if (this.said[where] !== sentence) typeset(this.find(where), this.said[where] = sentence)
  }

  /** The numbers as they are when the table is opened. */
  table() {
    const { text } = this.data
    const tables = this.rows.slice(0, this.reading?.rows.length ?? 0).map(({ row, values, shares, title }) => {
      const table = element("table")
      const caption = element("caption", title.textContent ?? "")
      const head = line([text.word, this.reading?.name ?? "", text.after, text.probability], "th")
      const lines = row?.words.map((word, step) => {
        const named = row.kinds[step] === "padding" ? text.padding : word || text.nothing
        return line([named, digits(values[step], 3), row.after[step], digits(shares[step], 3)])
      })
      table.append(caption, head, ...(lines ?? []))
      return table
    })
    this.find(".numbers .scroll").replaceChildren(...tables)
  }
}
