// What is waited for: a time, a painted frame, a page in sight, a pause between two drawings.

/** @param {number} milliseconds */
export const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

export const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

/** Lets the browser do what is more urgent; a timer of 0 takes 4 ms. */
export const yielded = () => globalThis.scheduler?.postTask?.(() => {}) ?? later(0)

/** Resolves when the page is in sight: a hidden one paints nothing, and so asks for nothing. */
export function seen() {
  return /** @type {Promise<void>} */ (new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return
      document.removeEventListener("visibilitychange", look)
      resolve()
    }
    document.addEventListener("visibilitychange", look)
    look()
  }))
}
