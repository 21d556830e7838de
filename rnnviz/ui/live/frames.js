// Pulls frames of a run over a WebSocket: asks for the next when the last is as good as drawn. Right after somebody has
// touched something it does not wait for the drawing: words are shown at once, pictures of the newest frame alone.

import { moments } from "./moments.js"
import { changed } from "./news.js"
import { unpacked } from "./numbers.js"
import { later, painted, seen, yielded } from "./waiting.js"

/** @import { Component, Feed, Frame, Words } from "./sent.d.ts" */

// Why a socket was closed, as its code: by this script, by the server because the run is gone or because nothing
// was asked for, by a drawing that failed.
const OURS = 1000
const GONE = 4404
const SILENT = 4408
const BROKEN = 4000
// For how many milliseconds, after somebody has touched something, frames are hurried, and for how many no picture is
// drawn: they look for the answer, which must not wait behind pictures.
const HURRIED_FOR = 500
const STILL_FOR = 150
// For how many milliseconds pictures are drawn before the browser may do something else: it paints what there is then,
// and to paint six times what can be painted twice costs as much as two of the pictures.
const SLICE = 25
// From one frame to the next, in milliseconds, where nobody sees what can wait.
const OUT_OF_SIGHT = 1000
// For how many milliseconds it is said that the run started anew.
const NEWS_FOR = 20_000

/** @template {Frame} Sent what this component's frames hold */
export class Frames {
  /** @type {string | undefined} */
  address
  /** @type {WebSocket | undefined} */
  socket
  /** @type {(() => void) | undefined} ends the wait for the next frame */
  wake
  /** @type {Sent | null} */
  undrawn = null
  /** @type {boolean | undefined} */
  told
  news = ""
  newsUntil = 0
  still = -Infinity // until when no picture is drawn
  hurried = -Infinity
  begun = -Infinity // when it began to draw without a pause
  closed = false
  shown = { seen: -1, key: "" }
  asked = 0
  open = 0 // requests that are not answered yet
  inSight = true
  waits = false // whether the newest of them is for something newer, not for what there is
  /** @type {number | null | undefined} the moment that has come, and that which is drawn */
  came
  /** @type {number | null | undefined} */
  at
  painting = Promise.resolve()

  /**
   * @param {Feed} feed
   * @param {object} does
   * @param {(frame: Sent, almost: () => void, fail: (error: unknown) => void) => unknown} does.draw shows a frame's
   *   pictures, and says so by a promise, and shortly before by almost(); by fail() that it could not
   * @param {(words: Words) => void} does.say shows words
   * @param {(frame: Sent) => void} [does.first] shows what of a frame need not wait for the pictures
   * @param {() => object} [does.more] what to add to a request
   */
  constructor(feed, { draw, say, first = () => {}, more = () => ({}) }) {
    this.feed = feed
    this.draw = draw
    this.say = say
    this.first = first
    this.more = more
    this.trigger = /** @type {Component<Feed>["setTriggerValue"]} */ (() => {})
    this.leaving = new AbortController()
    // On the way down: a slider keeps its keys to itself.
    const early = { capture: true, signal: this.leaving.signal }
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.touched(), early)
    moments.join(this)
  }

  /**
   * Runs at every rerun of the script.
   * @param {Component<Feed>} component
   */
  update({ data, setTriggerValue }) {
    this.feed = data
    this.told = undefined // a network that began anew may stop again before any other frame of it comes
    this.trigger = setTriggerValue
    if (data.socket !== this.address) {
      const first = !this.address
      this.news = changed(data, first)
      this.newsUntil = performance.now() + NEWS_FOR
      if (first || this.news) this.tellNews({ notice: data.words.waiting })
      this.address = data.socket
      this.socket?.close(OURS)
      if (first) this.run()
    }
    this.hurry()
  }

  /**
   * Shows a frame's words; in the place of a notice, while there is none, the news.
   * @param {Words} words
   */
  tellNews(words) {
    const silent = !words.notice || words.notice === this.feed.words.waiting
    this.say(this.news && silent && performance.now() < this.newsUntil ? { ...words, notice: this.news } : words)
  }

  async run() {
    while (!this.closed) {
      const code = await this.follow()
      if (this.closed) return
      if (code === OURS) continue
      if (code === SILENT) await seen()
      else if (code === GONE) this.trigger("gone", this.feed.socket)
      else this.say({ notice: this.feed.words.lost })
      await later(1000)
    }
  }

  /**
   * Pulls until the socket closes; resolves with the code it was closed with.
   * @returns {Promise<number>}
   */
  follow() {
    return new Promise((resolve) => {
      const socket = new WebSocket(new URL(this.feed.socket, document.baseURI.replace(/^http/, "ws")))
      socket.binaryType = "arraybuffer"
      this.socket = socket
      this.shown = { seen: -1, key: "" }
      this.open = 0
      const fail = (/** @type {unknown} */ error) => {
        if (this.closed) return // the page was left while a frame was drawn: its pictures are gone
        console.error(error)
        socket.close(BROKEN) // the next socket draws everything anew
      }
      socket.onopen = () => this.ask()
      const take = async (/** @type {ArrayBuffer} */ message) => {
        if (socket !== this.socket) return
        this.open--
        await this.take(unpacked(message), fail)
        if (socket === this.socket && !this.open) this.ask()
      }
      socket.onmessage = ({ data }) => take(data).catch(fail)
      socket.onclose = ({ code }) => resolve(code)
    })
  }

  /** Whether a second moment is seen in what this draws. */
  get ghosts() {
    return Boolean(this.feed.ghosts)
  }

  /** The second moment, where it is seen. */
  get then() {
    return this.ghosts ? moments.then : null
  }

  /** Asks for the next frame. */
  ask() {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    this.asked = performance.now()
    this.open++
    this.waits = this.shown.seen >= 0
    this.socket.send(JSON.stringify({ ...this.shown, at: moments.at, then: this.then, ...this.more() }))
  }

  /**
   * Shows an answer; resolves when it is time to ask for the next.
   * @param {Sent} frame
   * @param {(error: unknown) => void} fail
   */
  async take(frame, fail) {
    const due = this.asked + (this.inSight ? this.feed.interval : OUT_OF_SIGHT)
    let drawn = Promise.resolve()
    if (frame.moment) {
      this.came = frame.moment.at
      moments.hear(frame.moment)
    }
    this.tellNews(frame.words) // there may be something to say without anything to draw
    if (frame.key !== undefined) {
      this.first(frame)
      const { at = moments.at, then = this.then } = frame.moment ?? {}
      const other = at !== moments.at || then !== this.then // one was chosen meanwhile, which may be there too
      Object.assign(this.shown, { seen: other ? -1 : frame.seen, key: frame.key })
      this.tell(Boolean(frame.stopped))
      drawn = this.paint(frame, fail)
    }
    await this.rest(drawn, due)
  }

  /** Lets the next frame come even if nothing has changed but what this script asks for: the server need not wait. */
  again() {
    this.shown.seen = -1
    this.hurry()
    if (this.open === 1) this.ask()
  }

  /**
   * Asks for another moment; but what is on its way comes first, so that something is seen while they are many, and what
   * nobody sees has time.
   */
  move() {
    this.shown.seen = -1
    if (!this.inSight) return
    this.hurry()
    if (this.open === 1 && this.waits) this.ask()
  }

  /**
   * Draws a frame once the one before is drawn, of those that come meanwhile the newest alone; resolves when it is time
   * to ask for the next.
   * @param {Sent} frame
   * @param {(error: unknown) => void} fail
   * @returns {Promise<void>}
   */
  paint(frame, fail) {
    this.undrawn = frame.figures ? frame : { ...this.undrawn, ...frame }
    return new Promise((almost) => {
      this.painting = this.painting.then(async () => {
        await this.turn()
        const newest = this.undrawn
        this.undrawn = null
        if (newest?.moment) {
          this.at = newest.moment.at
          moments.tell()
        }
        if (newest) await this.draw(newest, almost, fail)
        await painted()
      }).catch(fail).then(almost)
    })
  }

  /**
   * Waits until the last frame is drawn and the next is due; or not at all, when somebody has touched something: the
   * server sees to it that this is not too often. In a film, until there is another moment to show.
   * @param {Promise<void>} drawn
   * @param {number} due
   */
  rest(drawn, due) {
    const filmed = moments.film && this.inSight && this.came === moments.at
    if (!filmed && performance.now() < this.hurried) return null
    const woken = /** @type {Promise<void>} */ (new Promise((wake) => (this.wake = wake)))
    return filmed ? woken : Promise.race([drawn.then(() => later(due - performance.now())), woken])
  }

  /** Whether a frame has come that draws all pictures anew, so that the one being drawn need not be finished. */
  get superseded() {
    return Boolean(this.undrawn?.figures)
  }

  touched() {
    const now = performance.now()
    if (!(now < this.still + HURRIED_FOR)) this.still = now + STILL_FOR // but a key held down does not stop the pictures
    this.hurry()
  }

  /** When the next picture may be drawn: clicks and keys come first. */
  async turn() {
    const now = performance.now()
    if (now < this.still) await later(this.still - now)
    else if (now < this.begun + SLICE) return
    else await yielded()
    this.begun = performance.now()
  }

  /**
   * Leaves worker and browser to what is seen.
   * @param {boolean} inSight whether anything of this component is on the screen
   */
  sight(inSight) {
    if (inSight && !this.inSight) this.wake?.()
    this.inSight = inSight
  }

  hurry() {
    this.hurried = performance.now() + HURRIED_FOR
    this.wake?.()
  }

  /**
   * The script's buttons depend on whether the network has stopped by itself.
   * @param {boolean} stopped
   */
  tell(stopped) {
    if (stopped !== this.feed.stopped && stopped !== this.told) this.trigger("stopped", String(stopped))
    this.told = stopped
  }

  close() {
    this.closed = true
    moments.leave(this)
    this.leaving.abort()
    this.socket?.close(OURS)
  }
}
