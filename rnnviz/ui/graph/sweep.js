// The sweep: goes through the nodes in the order in which they are computed, or back as the gradient flows.

/** @import { Network } from "./network.js" */
/** @import { Node } from "./sent.d.ts" */
/** @import { State } from "./state.js" */

/** Milliseconds: of a whole sweep, and of one step of it. */
const PACE = { longest: 20000, fastest: 33, slowest: 450 }

export class Sweep {
  playing = 0

  /**
   * @param {{ state: State, network: Network }} shown
   * @param {(node: Node | null) => void} come called when another node is spoken of, or none
   */
  constructor(shown, come) {
    this.shown = shown
    this.come = come
  }

  /** The node the sweep is at. */
  get current() {
    const { state, network } = this.shown
    return state.position >= 0 ? network.order[state.position] : null
  }

  /** The nodes the sweep has come to; null when there is none. */
  get reached() {
    const { state: { position, direction }, network: { order } } = this.shown
    if (position < 0) return null
    return new Set(direction === "forward" ? order.slice(0, position + 1) : order.slice(position))
  }

  /** @param {State["direction"]} direction */
  start(direction) {
    this.shown.state.direction = direction
    this.shown.state.position = this.ends.first
    this.play(true)
  }

  /** @param {boolean} on */
  play(on) {
    this.stop()
    const { state } = this.shown
    if (on) {
      if (state.position < 0 || state.position === this.ends.last) state.position = this.ends.first
      state.playing = true
      this.run()
    }
    this.come(this.current)
  }

  run() {
    const { state, network } = this.shown
    const pause = Math.min(Math.max(PACE.longest / network.order.length, PACE.fastest), PACE.slowest)
    let due = performance.now() + pause
    const frame = (/** @type {number} */ now) => {
      if (!state.playing) return
      if (now >= due) {
        due = Math.max(due + pause, now)
        if (!this.advance(1)) this.stop()
        this.come(this.current)
      }
      this.playing = requestAnimationFrame(frame)
    }
    this.playing = requestAnimationFrame(frame)
  }

  stop() {
    this.shown.state.playing = false
    cancelAnimationFrame(this.playing)
  }

  /** @param {1 | -1} by */
  move(by) {
    this.stop()
    this.advance(by)
    this.come(this.current)
  }

  clear() {
    this.stop()
    this.shown.state.position = -1
    this.come(null)
  }

  /** The positions at which a sweep of this direction begins and ends. */
  get ends() {
    const last = this.shown.network.order.length - 1
    return this.shown.state.direction === "forward" ? { first: 0, last } : { first: last, last: 0 }
  }

  /**
   * Goes on, or back, in the direction of the sweep; says whether there was anywhere to go.
   * @param {1 | -1} by
   */
  advance(by) {
    const { state, network } = this.shown
    const to = state.position < 0 ? this.ends.first : state.position + (state.direction === "forward" ? by : -by)
    if (!network.order[to]) return false
    state.position = to
    return true
  }
}
