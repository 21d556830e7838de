// The key below the graph: what the colours of values and edges say, or on a sweep backwards the scale of the norms.

import { digits, FLOOR } from "../live/numbers.js"
import { element, fill, typeset } from "../live/text.js"
import { MATRIX_COLOURS, warmth } from "./colours.js"

/** @import { Glossary } from "../live/glossary.js" */
/** @import { Shown } from "./unrolled.js" */

export class Legend {
  stamp = ""

  /**
   * @param {HTMLElement} place
   * @param {Glossary} glossary
   */
  constructor(place, glossary) {
    this.place = place
    this.glossary = glossary
  }

  /**
   * Made anew only when it is another, so that its words can be pressed.
   * @param {Shown} shown
   */
  paint(shown) {
    const { data, dark, reading, state } = shown
    const back = state.direction === "backward" && state.position >= 0 && reading
    const stamp = `${Boolean(back)} ${data.key} ${dark} ${state.unit} ${state.space}`
    if (stamp !== this.stamp) {
      this.stamp = stamp
      this.place.replaceChildren(...(back ? scaleOfNorms(shown) : coloursOfValues(shown)))
      this.glossary.mark(this.place)
    }
    if (!back) return
    const { largest, decades } = back.range
    for (const [name, norm] of Object.entries({ largest, least: largest / 10 ** decades })) {
      const slot = this.place.querySelector(`[data-slot=${name}]`)
      if (slot) slot.textContent = digits(norm, 2)
    }
  }
}

/** @param {Shown} shown */
function scaleOfNorms({ data: { text }, dark }) {
  const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => warmth(share, dark))
  const bar = sample(`linear-gradient(to right, ${stops})`)
  Object.assign(bar.style, { width: "6em", height: "0.6em" })
  const slots = { floor: digits(FLOOR, 2), largest: "{largest}", least: "{least}" } // which move with every frame
  const parts = fill(text.flow, slots).split(/\{(\w+)\}/)
  return [bar, ...parts.map((part, i) => (i % 2 ? element("span", "", { slot: part }) : part))]
}

/** @param {Shown} shown */
function coloursOfValues({ data, state }) {
  const { text } = data
  const sentences = [
    text.colours,
    state.space || data.example ? "" : fill(text.whose, { unit: state.unit + 1 }),
    data.standardised ? text.standardised : "",
    text.units,
  ]
  const lines = Object.entries(MATRIX_COLOURS).filter(([matrix]) => text.matrices[matrix]).flatMap(
    ([matrix, colour]) => {
      const words = element("span")
      typeset(words, text.matrices[matrix])
      return [sample(colour), words]
    },
  )
  const joined = (/** @type {string} */ sentence, /** @type {string} */ following) =>
    fill(text.joined, { sentence, following })
  return [sentences.filter(Boolean).reduce(joined), ...lines]
}

/** @param {string} background */
function sample(background) {
  const made = element("i")
  made.style.background = background
  return made
}
