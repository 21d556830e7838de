// What a visitor had read, kept while the browser's tab is open: another page, and back.

/** @import { Typed } from "./sent.d.ts" */

const KEPT = "rnnviz-typed"

/**
 * @param {string} task
 * @param {Typed} typed
 */
export function keep(task, typed) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ task, typed }))
  } catch {
    // a frame in another page may not keep anything
  }
}

/**
 * Returns what was kept of this task, if anything was.
 * @param {string} task
 * @returns {Typed | null}
 */
export function kept(task) {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null")
    return found?.task === task ? found.typed : null
  } catch {
    return null
  }
}
