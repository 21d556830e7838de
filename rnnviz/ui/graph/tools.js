// The graph's buttons, and the time step and unit one can choose; what they say of the state.

import { element, pressed } from "../live/text.js"

/** @import { Texts } from "./sent.d.ts" */
/** @import { State } from "./state.js" */
/** @import { Sweep } from "./sweep.js" */

/**
 * @typedef {object} Acts what the tools do
 * @property {(change: Partial<State>) => void} show
 * @property {(step: number, encoder: boolean) => void} go
 * @property {(unit: number) => void} pick
 */

export class Tools {
  /** @type {Record<string, HTMLButtonElement>} */
  buttons = {}

  /**
   * @param {HTMLElement} place
   * @param {Texts} text
   * @param {State} state
   * @param {Sweep} sweep
   * @param {Acts} acts
   */
  constructor(place, text, state, sweep, { show, go, pick }) {
    this.place = place
    this.text = text
    this.state = state
    this.button("fold", text.fold, () => show({ folded: !state.folded }))
    this.button("space", text.space_view, () => show({ space: !state.space }))
    this.gap()
    this.button("forward", text.forward_sweep, () => sweep.start("forward"))
    this.button("backward", text.backward_sweep, () => sweep.start("backward"))
    this.sign("back", "\u25c0", text.one_back, () => sweep.move(-1), "J")
    this.sign("play", "\u25b6", text.play, () => sweep.play(!state.playing), "K")
    this.sign("on", "\u25b6|", text.one_on, () => sweep.move(1), "L")
    this.sign("clear", "\u2715", text.clear, () => sweep.clear())
    this.gap()
    this.source = this.input({ name: "source", type: "range" }, text.source_step, (step) => go(step, true))
    this.cursor = this.input({ name: "cursor", type: "range" }, text.time_step, (step) => go(step, false))
    this.unit = this.input({ name: "unit", type: "number" }, text.unit, (unit) => pick(unit - 1))
    this.unit.addEventListener("change", () => this.tell(true)) // what was taken, if that is not what was typed
    this.button("shapes", text.shapes, () => show({ shapes: !state.shapes }))
  }

  gap() {
    this.place.append(element("span"))
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {() => void} act
   */
  button(name, label, act) {
    const made = pressed(label, act)
    made.dataset.act = name
    this.place.append(made)
    return (this.buttons[name] = made)
  }

  /**
   * A button with a sign, whose label is read aloud, and the key that does the same.
   * @param {string} name
   * @param {string} sign
   * @param {string} label
   * @param {() => void} act
   * @param {string} [key]
   */
  sign(name, sign, label, act, key) {
    const made = this.button(name, sign, act)
    made.setAttribute("aria-label", label)
    if (key) made.append(element("kbd", key))
  }

  /**
   * @param {{ name: string, type: string }} options
   * @param {string} label
   * @param {(value: number) => void} act
   */
  input(options, label, act) {
    const made = Object.assign(element("input"), { ...options, min: "1", value: "1" })
    made.addEventListener("input", () => made.value && act(Math.round(made.valueAsNumber)))
    const words = element("label", label)
    words.append(made)
    this.place.append(words)
    return made
  }

  /**
   * Lets them be chosen from as many as there are.
   * @param {number} steps
   * @param {number} units
   * @param {number} sources steps of an encoder, 0 where there is none
   */
  fit(steps, units, sources) {
    this.cursor.max = String(steps)
    this.source.max = String(sources)
    if (this.source.parentElement) this.source.parentElement.hidden = !sources
    this.unit.max = String(units)
    this.tell(true)
  }

  /**
   * Puts the chosen time step in; the unit only where nobody is typing one.
   * @param {boolean} [both]
   */
  tell(both = false) {
    this.cursor.value = String(this.state.cursor)
    this.source.value = String(this.state.source)
    if (both) this.unit.value = String(this.state.unit + 1)
  }

  /**
   * Says what is shown, and what can be done.
   * @param {boolean} valued whether there are values to sweep through
   */
  paint(valued) {
    const { buttons, state, text } = this
    const labels = {
      fold: state.folded ? text.unfold : text.fold,
      space: state.space ? text.time_view : text.space_view,
      play: state.playing ? "\u2016" : "\u25b6",
    }
    for (const [name, label] of Object.entries(labels)) {
      const written = buttons[name].firstChild
      if (written instanceof Text && written.data !== label) written.data = label
    }
    const sweeps = (/** @type {string} */ way) => state.position >= 0 && state.direction === way
    const on = { forward: sweeps("forward"), backward: sweeps("backward"), space: state.space, shapes: state.shapes }
    for (const [name, is] of Object.entries(on)) buttons[name].setAttribute("aria-pressed", String(is))
    buttons.fold.disabled = state.space
    buttons.clear.disabled = state.position < 0
    for (const name of ["forward", "backward", "back", "play", "on"]) buttons[name].disabled = !valued
  }
}
