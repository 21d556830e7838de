// Both parts, unrolled: what is read and written, where attention looks, and what a visitor does to it.

import { cursor } from "../live/cursor.js"
import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"
import { digits } from "../live/numbers.js"
import { element, line, typeset } from "../live/text.js"
import { Behind } from "./behind.js"
import { Hand } from "./hand.js"
import { Picture } from "./picture.js"
import { Pointing } from "./pointing.js"
import { read, told, weight } from "./reading.js"
import { source } from "./source.js"
import { Typing } from "./typing.js"
import { Weights } from "./weights.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { Shows } from "../live/cursor.js" */
/** @import { ArcsData, ArcsFrame, Output, Place, Reading, Weight } from "./arcs.d.ts" */

export default mounts((/** @type {HTMLElement} */ root, /** @type {ArcsData} */ data) => new Arcs(root, data))

class Arcs extends Stage {
  /** @type {Reading | null} */
  reading = null
  /** @type {Place | null} pointed at, or in focus */
  pointed = null
  /** @type {Place | null} where the page's cursor is */
  marked = null
  /** @type {Place | null} pressed */
  kept = null
  /** @type {Weight | null} whose sums are shown */
  chosen = null

  /**
   * @param {HTMLElement} root
   * @param {ArcsData} data
   */
  constructor(root, data) {
    super(root, data)
    this.data = data
    const { text } = data
    const { signal } = this.leaving
    this.typing = new Typing(/** @type {HTMLFormElement} */ (this.find(".own")), this.find(".refused"), data, signal)
    this.picture = new Picture(this.find(".unrolled"), data)
    this.find(".unrolled").setAttribute("aria-label", text.alt)
    this.pointing = new Pointing(this.picture, {
      point: (place) => this.look(place),
      press: (place) => this.keep(same(place, this.kept) ? null : place),
      choose: (weight) => this.choose(weight),
      move: ({ t, s }, to) => this.hand.touch({ at: s, to, step: t }),
    })
    this.weights = new Weights(this.find(".weights"), (weight) => this.choose(weight))
    const again = () => this.frames.again()
    this.hand = new Hand(this.find(".chosen"), this.find(".touches"), again, () => this.choose(null))
    this.behind = new Behind(this.find(".equations"), data.equations)
    this.find("h3.title").textContent = text.title
    this.find(".sums summary").textContent = text.sums
    this.find(".numbers summary").textContent = text.numbers
    this.find(".numbers .scroll").setAttribute("aria-label", text.numbers)
    this.find(".numbers").addEventListener("toggle", () => this.table())
    source.addEventListener("change", () => this.anew(), { signal })
    this.widening = new ResizeObserver(() => this.draws())
    this.widening.observe(this.find(".unrolled"))
    /** @type {Shows} */
    this.tokens = {
      mark: (at, pinned) => this.mark(at && { side: at.axis === "t" ? "target" : "source", at: at.step - 1 }, pinned),
      steps: (axis) => (axis === "t" ? this.reading?.T : this.reading?.S) ?? 0,
    }
    cursor.join(this.tokens)
  }

  /**
   * @override
   * @param {Component<ArcsData>} component
   */
  update(component) {
    const before = this.data
    super.update(component)
    const data = this.data = this.typing.data = this.picture.data = component.data
    if (JSON.stringify(before.equations) !== JSON.stringify(data.equations)) {
      this.behind = new Behind(this.find(".equations"), data.equations)
    }
    if (before.task === data.task) return
    this.typing.show()
    this.anew()
  }

  /** @override */
  more() {
    const { task } = this.data
    const sums = this.chosen && [this.chosen.t, this.chosen.s]
    return { pairs: { text: source.of(task), touches: this.hand.touches, sums } }
  }

  /** @override */
  close() {
    super.close()
    cursor.leave(this.tokens)
    this.widening.disconnect()
  }

  /** Another source has other weights. */
  anew() {
    this.hand.touches = []
    this.pointed = this.chosen = null
    this.keep(null)
    this.frames.again()
  }

  /** @param {Place | null} place */
  look(place) {
    if (same(place, this.pointed)) return
    this.pointed = place
    cursor.point(place && stepOf(place))
    this.draws()
  }

  /**
   * A token that is pressed is the cursor's place, too.
   * @param {Place | null} place
   */
  keep(place) {
    this.kept = place
    cursor.put(place && stepOf(place), Boolean(place))
    this.draws()
  }

  /**
   * @param {Place | null} place where the page's cursor is
   * @param {boolean} pinned
   */
  mark(place, pinned) {
    this.marked = place
    this.kept = pinned ? place : null
    this.draws()
  }

  /** @param {Weight | null} weight */
  choose(weight) {
    this.chosen = weight
    if (weight && !this.kept) this.keep({ side: "target", at: weight.t })
    this.draws()
    this.frames.again()
  }

  /**
   * @override
   * @param {ArcsFrame} frame
   */
  first({ pairs }) {
    if (!pairs) return
    this.reading = read(pairs)
    this.draws()
  }

  /** Puts in what there is now. */
  draws() {
    const { reading, data: { text } } = this
    if (!reading) return
    const there = (/** @type {Place | null} */ place) =>
      place && place.at < (place.side === "target" ? reading.T : reading.S) ? place : null
    const kept = there(this.kept), shown = there(this.pointed) ?? there(this.marked)
    this.pointing.weights = reading.weights
    this.pointing.shown = shown
    this.picture.show(reading, shown, this.chosen)
    const sentence = shown ? told(reading, shown, text) : ""
    this.write(".help", reading.weights ? text.help : text.alone)
    this.write(".about", sentence)
    const focused = shown && this.picture.columns[shown.side][shown.at]?.group
    if (focused && focused === document.activeElement) focused.setAttribute("aria-label", sentence)
    this.write(".note", reading.note)
    this.write(".verdict", reading.verdict)
    this.output(
      ".right",
      text.right,
      reading.right && { ...reading.written, tokens: reading.right, wrong: [], changed: [] },
    )
    this.output(".now", text.written, reading.untouched && reading.written)
    this.output(".before", text.untouched, reading.untouched)
    this.weights.show(reading, kept, this.chosen, text)
    this.hand.show(reading, this.chosen, text)
    const { sums } = reading
    this.find(".sums").hidden = !sums || sums.step !== this.chosen?.t || sums.at !== this.chosen.s
    if (sums) this.behind.show(sums)
  }

  /**
   * An output as a line of text, with its marks.
   * @param {string} where
   * @param {string} title
   * @param {Output | null} output
   */
  output(where, title, output) {
    const place = this.find(where)
    const said = JSON.stringify(output && [output.tokens, output.wrong, output.changed])
    if (this.said[where] === said) return
    this.said[where] = said
    place.hidden = !output
    if (!output) return
    const { text } = this.data
    const tokens = output.tokens.flatMap((token, t) => {
      const made = element("bdi", token)
      const marks = [output.wrong[t] && "wrong", output.changed[t] && "changed"].filter((mark) =>
        typeof mark === "string"
      )
      made.className = ["token", ...marks].join(" ")
      made.title = marks.map((mark) => text[mark]).join(", ")
      return [made, " "]
    })
    place.replaceChildren(element("b", title), " ", ...tokens)
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
    const { reading } = this
    if (!reading) return
    const { written, p } = reading
    const table = element("table")
    const sources = reading.weights ? reading.source : []
    table.append(
      line([this.data.text.written, "p", ...sources], "th"),
      ...written.tokens.map((token, t) =>
        line([token, digits(p[t], 3), ...sources.map((_, s) => digits(Number(weight(reading, t, s).toFixed(4)), 3))])
      ),
    )
    this.find(".numbers .scroll").replaceChildren(table)
  }
}

/** @param {Place} place */
const stepOf = ({ side, at }) => ({ axis: side === "target" ? "t" : "s", step: at + 1 })

/**
 * @param {Place | null} one
 * @param {Place | null} other
 */
const same = (one, other) => one?.side === other?.side && one?.at === other?.at
