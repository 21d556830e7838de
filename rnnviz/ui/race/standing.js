// Who is ahead at what: a table with a row for each network of a race, the best of a column marked by a word.

import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"
import { element } from "../live/text.js"

/** @import { StandingData } from "./standing.d.ts" */

export default mounts((/** @type {HTMLElement} */ root, /** @type {StandingData} */ data) => new Standing(root, data))

class Standing extends Stage {
  /**
   * The table, still empty: a row of a network that is not there is hidden by the style.
   * @override
   * @param {StandingData} data
   */
  readouts({ readouts, lanes }) {
    const columns = Object.entries(readouts)
    const head = element("tr")
    head.append(element("td"), ...columns.map(([_, [label, help]]) => this.heading(label, help)))
    this.find("table").append(head, ...lanes.map((lane) => row(lane, columns)))
  }

  /**
   * @param {string} label
   * @param {string} help
   */
  heading(label, help) {
    const made = Object.assign(element("th"), { scope: "col" })
    made.append(this.glossary.button(label, help))
    return made
  }
}

/**
 * @param {StandingData["lanes"][number]} lane
 * @param {[string, [string, string]][]} columns
 */
function row({ name, sign, colour }, columns) {
  const made = element("tr")
  const heading = Object.assign(element("th"), { scope: "row" })
  const mark = Object.assign(element("span", sign), { className: "sign", ariaHidden: "true" })
  mark.style.color = colour
  heading.append(mark, element("span", "", { word: `name_${name}` }))
  const cells = columns.map(([column, [label]]) => {
    const cell = element("td", "", { label })
    const best = element("span", "", { word: `${column}_${name}_best` })
    best.className = "best"
    cell.append(element("span", "\u2013", { word: `${column}_${name}` }), best)
    return cell
  })
  made.append(heading, ...cells)
  return made
}
