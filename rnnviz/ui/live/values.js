// A picture's values as text, on request: a button that opens them as tables, and saves the picture.

import { opens } from "./popover.js"
import { tables } from "./tables.js"
import { block, element, fill, pressed } from "./text.js"

/** @import { Plot } from "./live.d.ts" */
/** @import { Words } from "./sent.d.ts" */

/**
 * A button that opens a picture's values.
 * @param {Plot} plot
 * @param {object} words
 * @param {string} words.what the picture's name
 * @param {Words} words.text VALUES of board.py
 * @param {() => string} words.step the training step the picture shows
 * @param {Element} place where the tables wait
 */
export function valuesButton(plot, { what, text, step }, place) {
  const label = fill(text.values_of, { picture: what })
  const button = element("button", "\u25a4")
  Object.assign(button, { type: "button", className: "values", ariaLabel: label, title: text.values })
  const popover = named(Object.assign(block("explanation table"), { popover: "auto" }), "dialog", label)
  // The page's own shortcuts would take the arrows, which scroll here.
  popover.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation())
  const save = () => Plotly.downloadImage(plot, { filename: `rnnviz-${plot.dataset.picture}` })
  const show = () => {
    const scroll = named(block("scroll", ...tables(plot, text)), "group", text.values)
    Object.assign(scroll, { tabIndex: 0, autofocus: true })
    const tools = element("header")
    const title = element("b", fill(text.values_at, { picture: what, step: step() }))
    tools.append(title, pressed(text.save, save), pressed(text.close, () => popover.hidePopover()))
    popover.replaceChildren(tools, scroll)
  }
  opens(button, popover, place, { fill: show })
  return button
}

/**
 * @param {HTMLElement} place
 * @param {string} role
 * @param {string} label
 */
function named(place, role, label) {
  place.setAttribute("role", role)
  place.setAttribute("aria-label", label)
  return place
}
