// The cursor: one time step of the page. All that shows time steps marks it, in the browser alone. It follows a pointer
// until a press pins it; then arrows move it. Escape lets it go.

/** @typedef {{ axis: string, step: number }} Place a step, from 1, of an axis of time: t, or s of a source */
/** @typedef {{ name: string, numbers: number[], word?: string }} Value one number, or the least and the largest of many */

/**
 * @typedef {object} Shows what shows time steps
 * @property {(at: Place | null, pinned: boolean) => void} mark
 * @property {(axis: string) => number} steps how many it has of an axis, 0 for none
 * @property {(at: Place) => Value[]} [read] its values there
 * @property {(at: Place) => string} [word] what is read or written there
 */

// What has a use for the arrows of its own.
const OWN_KEYS =
  "input, textarea, select, [role=dialog], [contenteditable], [role=slider]:not(.rnnviz-step), [role=listbox], [role=textbox], " +
  "[role=radio], [role=tab], [role=menu], [popover], .node, [data-own-arrows]"
const TYPED_IN = "textarea, select, [role=dialog], [contenteditable], input:not([type=range])"
/** What Escape closes before it goes back to anything: the browser does, or who opened it. */
export const OPENED = ":popover-open:not(.readout), [data-testid=stDialog]"
const FOLLOWED_AFTER = 150 // milliseconds
const WAYS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })

export class Cursor {
  /** @type {Place | null} */
  at = null
  pinned = false
  /** @type {Set<Shows>} */
  shows = new Set()
  /** @type {Set<() => void>} */
  hears = new Set()

  /** @param {Shows} shows */
  join(shows) {
    this.shows.add(shows)
    shows.mark(this.at, this.pinned)
  }

  /** @param {Shows} shows */
  leave(shows) {
    this.shows.delete(shows)
    if (this.at && !this.steps(this.at.axis)) this.put(null)
  }

  /**
   * How many steps of an axis the page shows.
   * @param {string} axis
   */
  steps(axis) {
    return Math.max(0, ...[...this.shows].map((shows) => shows.steps(axis)))
  }

  /**
   * A pointer is over a step, or over none.
   * @param {Place | null} at
   */
  point(at) {
    if (!this.pinned) this.put(at)
  }

  /**
   * A step was pressed: the second time it is let go.
   * @param {Place} at
   */
  press(at) {
    if (this.pinned && same(this.at, at)) this.put(null)
    else this.put(at, true)
  }

  /** @param {number} by */
  move(by) {
    if (!this.at) return
    const { axis, step } = this.at
    this.put({ axis, step: Math.min(Math.max(step + by, 1), this.steps(axis)) }, true)
  }

  /**
   * @param {Place | null} at
   * @param {boolean} [pinned]
   */
  put(at, pinned = false) {
    if (same(at, this.at) && pinned === this.pinned) return
    this.at = at
    this.pinned = pinned
    for (const shows of this.shows) shows.mark(at, pinned)
    this.tell()
  }

  /** Lets it be known that there is something else to be read out: another place, or other values. */
  tell() {
    for (const hear of this.hears) hear()
  }

  /** @returns {Value[]} of all that is shown */
  read() {
    const { at, shows } = this
    return at ? [...shows].flatMap((each) => each.read?.(at) ?? []) : []
  }

  /** @returns {string} the word at its place */
  word() {
    const { at, shows } = this
    return (at && [...shows].map((each) => each.word?.(at)).find(Boolean)) || ""
  }

  /**
   * Takes a key, before the page's own shortcuts do.
   * @param {KeyboardEvent} event
   */
  key(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey, target } = event
    if (!this.at || shiftKey || ctrlKey || altKey || metaKey) return
    if (key === "Escape") {
      if (/** @type {Element | null} */ (target)?.closest?.(TYPED_IN)) return
      if (document.querySelector(OPENED)) return
      this.put(null)
    } else {
      if (!this.pinned || !(key in WAYS) || /** @type {Element | null} */ (target)?.closest?.(OWN_KEYS)) return
      this.move(WAYS[key])
      event.preventDefault()
    }
    event.stopImmediatePropagation()
  }
}

/** What looks into the pinned step of an axis: told of it once it stands still, since that is asked of the server. */
export class Follower {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting
  /** @type {number | null} null while none is pinned */
  step = null

  /**
   * @param {string} axis
   * @param {(step: number | null) => void} follow
   * @param {number} [after] milliseconds for which it has stood still
   */
  constructor(axis, follow, after = FOLLOWED_AFTER) {
    this.hear = () => {
      const step = cursor.pinned && cursor.at?.axis === axis ? cursor.at.step : null
      if (step === this.step) return
      this.step = step
      clearTimeout(this.waiting)
      this.waiting = setTimeout(() => follow(step), after)
    }
    cursor.hears.add(this.hear)
    this.hear()
  }

  close() {
    cursor.hears.delete(this.hear)
    clearTimeout(this.waiting)
  }
}

/**
 * @param {Place | null} a
 * @param {Place | null} b
 */
const same = (a, b) => a === b || Boolean(a && b && a.axis === b.axis && a.step === b.step)

/** The page's. */
export const cursor = new Cursor()
addEventListener("keydown", (event) => cursor.key(event), true)
