// Whether the run of this tab is another than before, if that was nobody's wish; the tab remembers which it was.

/** @import { Feed } from "./sent.d.ts" */

const REMEMBERED = "rnnviz-run"

/** @typedef {{ server: string, run: string | undefined }} Known */

/**
 * Says why the run is another than the one this tab had, and remembers the new one.
 * @param {Feed} feed
 * @param {boolean} first whether the page was just opened
 */
export function changed({ socket, server, words }, first) {
  const now = { server, run: socket.split("/").pop()?.split("?")[0] }
  const before = exchanged(now)
  if (!before || before.run === now.run) return ""
  if (before.server !== server) return words.restarted
  return first ? "" : words.anew // the page was loaded again
}

/**
 * @param {Known} now
 * @returns {Known | null} what was kept before; a frame in another page may not keep anything
 */
function exchanged(now) {
  try {
    const before = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null")
    sessionStorage.setItem(REMEMBERED, JSON.stringify(now))
    return before
  } catch {
    return null
  }
}
