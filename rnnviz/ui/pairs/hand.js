// A hand on attention: what can be done with the weight that is chosen, and what was done.

import { digits } from "../live/numbers.js"
import { block, element, fill, pressed } from "../live/text.js"
import { named, weight as weightOf } from "./reading.js"

/** @import { Reading, Touch, Weight, Words } from "./arcs.d.ts" */

export class Hand {
  /** @type {Touch[]} */
  touches = []
  tools = ""
  done = ""

  /**
   * @param {HTMLElement} place where the chosen weight is
   * @param {HTMLElement} list of what was done
   * @param {() => void} changed
   * @param {() => void} close
   */
  constructor(place, list, changed, close) {
    this.place = place
    this.list = list
    this.changed = changed
    this.close = close
    this.title = element("h3")
    this.buttons = block("tools")
    place.append(this.title, this.buttons)
  }

  /**
   * @param {Reading} reading
   * @param {Weight | null} chosen
   * @param {Words} text
   */
  show(reading, chosen, text) {
    this.tell(reading, text)
    const there = chosen && reading.weights && chosen.t < reading.T && chosen.s < reading.S
    this.place.hidden = !there
    if (!there) return
    const { t, s } = chosen
    const source = named(reading, { side: "source", at: s })
    const values = { t: t + 1, s: s + 1, source, token: named(reading, { side: "target", at: t }) }
    const title = fill(text.behind, { ...values, weight: digits(weightOf(reading, t, s), 3) })
    if (this.title.textContent !== title) this.title.textContent = title
    const tools = JSON.stringify([chosen, reading.source])
    if (tools === this.tools) return // a list that is open stays open
    this.tools = tools
    const to = element("select")
    to.append(
      ...reading.source.flatMap((token, at) =>
        at === s ? [] : [Object.assign(element("option", `${at + 1}: ${token}`), { value: String(at) })]
      ),
    )
    const label = element("label", `${text.move} `)
    label.append(to)
    const move = pressed(text.move_now, () => this.touch({ at: s, to: Number(to.value), step: t }))
    move.disabled = to.disabled = reading.S < 2
    this.buttons.replaceChildren(
      label,
      move,
      pressed(fill(text.off_here, { source }), () => this.touch({ at: s, to: null, step: t })),
      pressed(fill(text.off, { source }), () => this.touch({ at: s, to: null, step: null })),
      pressed(text.close, () => this.close()),
    )
  }

  /**
   * What was done, and how it is undone.
   * @param {Reading} reading
   * @param {Words} text
   */
  tell({ source }, text) {
    const told = JSON.stringify([this.touches, source])
    if (told === this.done) return
    this.done = told
    this.list.hidden = !this.touches.length
    const lines = this.touches.map(({ at, to, step }) => {
      const sentence = to === null
        ? step === null ? text.silenced_all : text.silenced
        : step === null
        ? text.moved_all
        : text.moved
      const values = { t: (step ?? 0) + 1, source: source[at] ?? "", to: source[to ?? 0] ?? "" }
      return element("li", fill(sentence, values))
    })
    const items = element("ol")
    items.append(...lines)
    const undo = pressed(text.undo, () => this.undo(this.touches.slice(0, -1)))
    const all = this.touches.length > 1 ? [pressed(text.undo_all, () => this.undo([]))] : []
    this.list.replaceChildren(element("b", text.touched), items, block("tools", undo, ...all))
  }

  /** @param {Touch} touch */
  touch(touch) {
    this.undo([...this.touches, touch])
  }

  /** @param {Touch[]} touches what of them stays */
  undo(touches) {
    this.touches = touches
    this.changed()
  }
}
