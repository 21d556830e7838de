// Which moment of its training all that is live on the page shows. It is chosen in one place, asked for by every
// component, and forgotten when the training begins anew.

/** @import { Moment } from "./sent.d.ts" */

/**
 * @typedef {object} Shows what shows a moment, and is told of another
 * @property {() => void} move
 * @property {number | null} [at] the moment
 * @property {boolean} inSight
 * @property {boolean} [ghosts] whether it shows a second one too
 */

class Moments {
  /** @type {number | null} the training step that is looked at; null is the newest there is */
  at = null
  /** @type {number | null} a second one that is seen beside it, as it was then */
  then = null
  film = false // whether moments are chosen one after the other, each when the one before is seen
  /** @type {Moment | null} of the newest frame */
  newest = null
  /** @type {Set<Shows>} */
  shows = new Set()
  /** @type {Set<() => void>} */
  hears = new Set()

  /**
   * Takes a component in, which shows what is chosen until it leaves.
   * @param {Shows} shows
   */
  join(shows) {
    this.shows.add(shows)
    this.tell()
  }

  /** @param {Shows} shows */
  leave(shows) {
    this.shows.delete(shows)
    this.tell()
  }

  /** @param {number | null} at */
  choose(at) {
    if (at === this.at) return
    this.at = at
    this.move()
  }

  /** @param {number | null} then */
  pin(then) {
    if (then === this.then) return
    this.then = then
    this.move()
  }

  move() {
    this.tell()
    for (const shows of this.shows) shows.move()
  }

  /**
   * Takes what a frame says of the moments there are.
   * @param {Moment} moment
   */
  hear(moment) {
    const { newest, at, then } = this
    const { training, steps } = this.newest = moment
    this.tell()
    const other = Boolean(newest && newest.training !== training)
    const kept = (/** @type {number} */ step) => step < (steps.at(-2) ?? 0) ? steps[place(steps, step)] : step
    if (at !== null) this.choose(other ? null : kept(at)) // it may be let go of
    if (then !== null) this.pin(other ? null : kept(then))
  }

  tell() {
    for (const hear of this.hears) hear()
  }

  /** Of the newest frame, if anything is live. */
  get there() {
    return this.shows.size ? this.newest : null
  }

  /** Whether a second moment would be seen. */
  get ghosts() {
    return [...this.shows].some(({ ghosts }) => ghosts)
  }

  /** Whether all that is live and in sight shows the moment that was chosen. */
  get settled() {
    return [...this.shows].every(({ at, inSight }) => at === this.at || !inSight)
  }

  /**
   * Resolves when it is so, or when that has been waited for long enough.
   * @param {number} patience milliseconds
   */
  settle(patience) {
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const end = () => {
        clearTimeout(waiting)
        this.hears.delete(look)
        resolve()
      }
      const look = () => this.settled && end()
      const waiting = setTimeout(end, patience)
      this.hears.add(look)
      look()
    }))
  }

  /** @param {boolean} film */
  play(film) {
    if (film === this.film) return
    this.film = film
    for (const shows of this.shows) shows.move() // who waits for the film's next moment asks for what there is
  }
}

export const moments = new Moments()

/**
 * The kept step that is so many further than the one at which one stands, null beyond the last but one: that is now.
 * @param {number[]} steps rising
 * @param {number | null} at
 * @param {number} by
 */
export function neighbour(steps, at, by) {
  const there = Math.max(place(steps, at) + by, 0)
  return there < steps.length - 1 ? steps[there] : null
}

/**
 * Where among the kept steps one is that is looked at: the newest that is not after it.
 * @param {number[]} steps rising
 * @param {number | null} at
 */
export function place(steps, at) {
  return at === null ? steps.length - 1 : Math.max(steps.findLastIndex((step) => step <= at), 0)
}
