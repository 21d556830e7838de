// The pointer and the keys on the picture: tokens are pointed at and pressed, weights pressed and dragged.

import { nearest, sourceAt } from "./layout.js"

/** @import { Picture } from "./picture.js" */
/** @import { Place, Weight } from "./arcs.d.ts" */

const FAR = 6 // pixels after which a press has become a drag

export class Pointing {
  /** @type {{ weight: Weight, x: number, y: number, moved: boolean, to: number | null } | null} */
  held = null
  /** @type {ArrayLike<number> | null} (T, S) */
  weights = null
  /** @type {Place | null} whose arcs alone can be meant */
  shown = null

  /**
   * @param {Picture} picture
   * @param {object} does
   * @param {(place: Place | null) => void} does.point
   * @param {(place: Place) => void} does.press
   * @param {(weight: Weight) => void} does.choose
   * @param {(weight: Weight, to: number) => void} does.move
   */
  constructor(picture, does) {
    this.picture = picture
    this.does = does
    const { place } = picture
    const listen =
      /** @type {(event: string, act: (event: any) => void) => void} */ (place.addEventListener.bind(place))
    listen("pointerdown", (/** @type {PointerEvent} */ event) => this.down(event))
    listen("pointermove", (/** @type {PointerEvent} */ event) => this.over(event))
    listen("pointerup", (/** @type {PointerEvent} */ event) => this.up(event))
    listen("pointercancel", () => this.drop())
    listen(
      "pointerleave",
      (/** @type {PointerEvent} */ { pointerType }) =>
        !this.held && pointerType === "mouse" && does.point(picture.placeOf(document.activeElement)),
    )
    listen("focusin", (/** @type {FocusEvent} */ { target }) => picture.building || does.point(picture.placeOf(target)))
    listen("focusout", () => picture.building || does.point(null))
    listen("click", (/** @type {MouseEvent} */ { target }) => {
      const found = picture.placeOf(target)
      if (found) does.press(found)
    })
    // A finger on a handle moves it, and not the page.
    place.addEventListener("touchstart", (event) => handle(event.target) && event.preventDefault(), { passive: false })
    listen("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event))
  }

  /**
   * Where a pointer is in the picture, which a projector shows larger.
   * @param {PointerEvent} event
   */
  at({ clientX, clientY }) {
    const { drawing, plan } = this.picture
    const { left, top, width } = drawing.getBoundingClientRect()
    const scale = width / plan.width
    return { x: (clientX - left) / scale, y: (clientY - top) / scale }
  }

  /**
   * The weight a pointer is at: by the end that can be taken, or by its arc.
   * @param {PointerEvent} event
   * @returns {Weight | null}
   */
  weight(event) {
    const { target } = event
    if (!this.weights) return null
    const { shown } = this
    const held = handle(target)
    if (held && shown?.side === "target") return { t: shown.at, s: Number(held.dataset.at) }
    if (this.picture.placeOf(target)) return null
    const among = (/** @type {Weight} */ { t, s }) => !shown || (shown.side === "target" ? t : s) === shown.at
    return nearest(this.picture.plan, this.weights, this.at(event), among)
  }

  /** @param {PointerEvent} event */
  down(event) {
    const weight = event.button === 0 ? this.weight(event) : null
    if (!weight) return
    const { x, y } = this.at(event)
    this.held = { weight, x, y, moved: false, to: null }
    if (event.pointerType !== "mouse") return
    event.preventDefault() // it would select text
    this.picture.place.setPointerCapture(event.pointerId)
  }

  /** @param {PointerEvent} event */
  over(event) {
    if (!this.held) {
      this.picture.place.classList.toggle("grab", Boolean(this.weight(event)))
      if (event.pointerType === "mouse") this.point(event)
      return
    }
    const point = this.at(event)
    this.held.moved ||= Math.hypot(point.x - this.held.x, point.y - this.held.y) > FAR
    if (!this.held.moved) return
    this.held.to = sourceAt(this.picture.plan, point)
    this.picture.pull(this.held.weight, point, this.held.to)
  }

  /** @param {PointerEvent} event */
  point(event) {
    const found = this.picture.placeOf(event.target)
    if (found) this.does.point(found)
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { held } = this
    this.drop()
    if (!held) return
    const { weight, moved, to } = held
    if (!moved) this.does.choose(weight)
    else if (to !== null && to !== weight.s) this.does.move(weight, to)
    event.preventDefault()
  }

  drop() {
    this.held = null
    this.picture.pull(null)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.drop()
    const here = this.picture.placeOf(event.target)
    if (!here) return
    const { columns } = this.picture
    const last = columns[here.side].filter(({ group }) => !group.classList.contains("absent")).length - 1
    const ways = { ArrowLeft: here.at - 1, ArrowRight: here.at + 1, Home: 0, End: last }
    const rows = { ArrowUp: /** @type {const} */ ("target"), ArrowDown: /** @type {const} */ ("source") }
    if (event.key === "Enter" || event.key === " ") this.does.press(here)
    else if (event.key in ways) this.go(here.side, ways[/** @type {keyof typeof ways} */ (event.key)], last)
    else if (event.key in rows) this.go(rows[/** @type {keyof typeof rows} */ (event.key)], here.at, Infinity)
    else return
    event.preventDefault()
    event.stopPropagation() // the page's own shortcuts
  }

  /**
   * @param {Place["side"]} side
   * @param {number} at
   * @param {number} last
   */
  go(side, at, last) {
    const row = this.picture.columns[side].filter(({ group }) => !group.classList.contains("absent"))
    const next = row[Math.max(0, Math.min(at, last, row.length - 1))]
    if (!next) return
    for (const { group } of this.picture.columns[side]) group.setAttribute("tabindex", "-1")
    next.group.setAttribute("tabindex", "0")
    next.group.focus()
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {SVGElement | null}
 */
const handle = (target) => target instanceof SVGElement && target.classList.contains("handle") ? target : null
