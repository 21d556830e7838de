// The source a visitor typed: one for all panels of the page, kept while the browser's tab is open.

const KEPT = "rnnviz-source"

class Source extends EventTarget {
  /** @type {{ task: string, text: string | null } | null} */
  kept = null

  /**
   * Returns what was typed for this task; null for nothing, which is the probe.
   * @param {string} task
   * @returns {string | null}
   */
  of(task) {
    this.kept ??= found()
    return this.kept?.task === task ? this.kept.text : null
  }

  /**
   * Takes a source for all panels, each of which hears of it by a "change".
   * @param {string} task
   * @param {string | null} text
   */
  take(task, text) {
    this.kept = { task, text }
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.kept))
    } catch {
      // a frame in another page may not keep anything
    }
    this.dispatchEvent(new Event("change"))
  }
}

export const source = new Source()

function found() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null")
  } catch {
    return null
  }
}
