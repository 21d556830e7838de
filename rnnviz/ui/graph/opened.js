// The opened cell beside the score: what the page of the graph shows of it, in a panel that leaves the staves in sight.

import { block, element } from "../live/text.js"
import { CellView } from "./cell.js"

/** @import { Shown } from "./unrolled.js" */

const ABOVE = ":popover-open:not(.beside, .readout)" // what closes before it: the browser sees to that

export class OpenedPanel {
  /**
   * @param {Element} place
   * @param {object} does
   * @param {() => void} does.close
   * @param {() => void} does.repaint
   */
  constructor(place, does) {
    const cell = block("cell")
    const remarks = ["read", "at_once"].map((word) => {
      return Object.assign(element("p", "", { word }), { className: "remark" })
    })
    this.panel = Object.assign(block("rnnviz-graph beside", cell, ...remarks), { popover: "manual" })
    this.panel.setAttribute("role", "dialog")
    this.panel.dataset.ownArrows = "" // which scroll here
    this.panel.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation())
    this.leaving = new AbortController()
    const { signal } = this.leaving
    addEventListener("keydown", ({ key }) => key === "Escape" && !document.querySelector(ABOVE) && does.close(), {
      signal,
    })
    place.append(this.panel)
    this.view = new CellView(cell, does)
  }

  /** @param {Shown} shown */
  show(shown) {
    const { opened } = shown.state
    this.view.show(shown)
    const open = this.panel.matches(":popover-open")
    if (opened && !open) this.panel.showPopover()
    if (!opened && open) this.panel.hidePopover()
    this.panel.setAttribute("aria-label", this.panel.querySelector("h3")?.textContent ?? "")
  }

  close() {
    this.leaving.abort()
  }
}
