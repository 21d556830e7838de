// Equations in letters and, under them, in numbers, with places for these.

import { block, element } from "../live/text.js"

/** @import { Data } from "./sent.d.ts" */

const MATHML = "http://www.w3.org/1998/Math/MathML"
const SIGNS = ["+", "\u2212", "\u00b7", "\u22c5"]

/** @param {Data["equations"][string][number]} equation */
export function equation({ name, does, letters, numbers }) {
  const lines = block("scroll", mathematics(letters), mathematics(numbers))
  for (const spot of lines.querySelectorAll("mtext")) {
    const named = spot.textContent?.match(/^@(.*)/)?.[1]
    if (!named) continue
    const place = /** @type {MathMLElement} */ (document.createElementNS(MATHML, "mn"))
    place.dataset.value = named
    // A negative number after a sign needs brackets.
    if (SIGNS.includes(spot.previousElementSibling?.textContent ?? "")) place.dataset.after = "sign"
    spot.replaceWith(place)
  }
  const made = block("equation", element("small", does), lines)
  made.dataset.equation = name
  return made
}

/**
 * MathML that this program made of its own formulas, on the server.
 * @param {string} text
 */
export function mathematics(text) {
  return document.importNode(new DOMParser().parseFromString(text, "text/xml").documentElement, true)
}
