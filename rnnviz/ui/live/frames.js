// Pulls frames of a run over a WebSocket: asks for the next when the last is as good as drawn. Right after somebody has
// touched something it does not wait for the drawing: words are shown at once, pictures of the newest frame alone.

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
// For how many milliseconds it is said that the run started anew, and under which name the tab remembers its run.
const NEWS_FOR = 20_000
const REMEMBERED = "rnnviz-run"

class Frames {
  // draw(frame, almost): shows a frame's pictures, and says so by a promise, and shortly before by almost();
  // say(words): shows words; more(): what to add to a request.
  constructor({ draw, say, more = () => ({}) }) {
    Object.assign(this, { draw, say, more })
    this.leaving = new AbortController()
    // On the way down: a slider keeps its keys to itself.
    const early = { capture: true, signal: this.leaving.signal }
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.touched(), early)
  }

  // Runs at every rerun of the script.
  update({ data, setTriggerValue }) {
    Object.assign(this, { data, setTriggerValue })
    if (data.socket !== this.address) {
      this.news = this.changed(data)
      this.newsUntil = performance.now() + NEWS_FOR
      if (!this.address || this.news) this.tellNews({ notice: data.words.waiting })
      this.address = data.socket
      this.socket?.close(OURS)
      this.running ??= this.run()
    }
    this.hurry()
  }

  // Why the run is another than the one this tab had, if that was nobody's wish; and remembers the new one.
  changed({ socket, server, words }) {
    const now = { server, run: socket.split("/").pop() }
    let before = null
    try {
      before = JSON.parse(sessionStorage.getItem(REMEMBERED))
      sessionStorage.setItem(REMEMBERED, JSON.stringify(now))
    } catch {} // a frame in another page may not remember
    if (!before || before.run === now.run) return ""
    if (before.server !== now.server) return words.restarted
    return this.address ? words.anew : "" // else the page was loaded again
  }

  // Shows a frame's words; in the place of a notice, while there is none, the news.
  tellNews(words) {
    const silent = !words.notice || words.notice === this.data.words.waiting
    this.say(this.news && silent && performance.now() < this.newsUntil ? { ...words, notice: this.news } : words)
  }

  async run() {
    while (!this.closed) {
      const code = await this.follow()
      if (this.closed) return
      if (code === OURS) continue
      if (code === SILENT) await seen()
      else if (code === GONE) this.setTriggerValue("gone", this.address)
      else this.say({ notice: this.data.words.lost })
      await later(1000)
    }
  }

  // Pulls until the socket closes; resolves with the code it was closed with.
  follow() {
    return new Promise((resolve) => {
      const address = new URL(this.address, document.baseURI.replace(/^http/, "ws"))
      const socket = (this.socket = new WebSocket(address))
      const shown = (this.shown = { seen: -1, key: "" })
      let asked = 0
      const ask = () => {
        asked = performance.now()
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...shown, ...this.more() }))
      }
      const fail = (error) => {
        if (this.closed) return // the page was left while a frame was drawn: its pictures are gone
        console.error(error)
        socket.close(BROKEN) // the next socket draws everything anew
      }
      const take = async ({ data }) => {
        const frame = JSON.parse(data)
        let drawn = Promise.resolve()
        this.tellNews(frame.words) // there may be something to say without anything to draw
        if ("key" in frame) {
          Object.assign(shown, { seen: frame.seen, key: frame.key })
          this.tell(frame.stopped)
          drawn = this.paint(frame)
          drawn.catch(fail)
        }
        await this.rest(drawn, asked + this.data.interval)
        ask()
      }
      socket.onopen = ask
      socket.onmessage = (event) => take(event).catch(fail)
      socket.onclose = ({ code }) => resolve(code)
    })
  }

  // Lets the next frame come even if nothing has changed but what this script asks for.
  again() {
    if (this.shown) this.shown.seen = -1
    this.hurry()
  }

  // Draws a frame once the one before is drawn, of those that come meanwhile the newest alone; resolves when it is time
  // to ask for the next.
  paint(frame) {
    this.undrawn = "figures" in frame ? frame : { ...this.undrawn, ...frame }
    return new Promise((almost, failed) => {
      this.painting = (this.painting ?? Promise.resolve()).then(async () => {
        await this.turn()
        const newest = this.undrawn
        this.undrawn = null
        if (newest) await this.draw(newest, almost)
        await painted()
        almost()
      }).catch(failed)
    })
  }

  // Waits until the last frame is drawn and the next is due; or not at all, when somebody has touched something: the
  // server sees to it that this is not too often.
  rest(drawn, due) {
    if (performance.now() < this.hurried) return null
    return Promise.race([drawn.then(() => later(due - performance.now())), new Promise((wake) => (this.wake = wake))])
  }

  // Whether a frame has come that draws all pictures anew, so that the one that is being drawn need not be finished.
  get superseded() {
    return this.undrawn && "figures" in this.undrawn
  }

  touched() {
    const now = performance.now()
    if (!(now < this.still + HURRIED_FOR)) this.still = now + STILL_FOR // but a key held down does not stop the pictures
    this.hurry()
  }

  // When the next picture may be drawn: clicks and keys come first.
  turn() {
    const wait = this.still - performance.now()
    return wait > 0 ? later(wait) : (globalThis.scheduler?.postTask?.(() => {}) ?? later(0)) // a timer of 0 takes 4 ms
  }

  hurry() {
    this.hurried = performance.now() + HURRIED_FOR
    this.wake?.()
  }

  // The script's buttons depend on whether the network has stopped by itself.
  tell(stopped) {
    if (stopped !== this.data.stopped && stopped !== this.told) this.setTriggerValue("stopped", String(stopped))
    this.told = stopped
  }

  close() {
    this.closed = true
    this.leaving.abort()
    this.socket?.close(OURS)
  }
}

function element(tag, text, data = {}) {
  const made = document.createElement(tag)
  made.textContent = text
  Object.assign(made.dataset, data)
  return made
}

// Puts in a sentence, its symbols as the formulas have them: h_t as h with a t below the line.
function typeset(place, sentence) {
  const parts = sentence.split(/(?<=\p{L})_(\d+\b|\w{1,2}\b|\([^()]*\))/u)
  place.replaceChildren(...parts.map((part, i) => (i % 2 ? element("sub", part.replace(/[()]/g, "")) : part)))
}

// Resolves when the page is in sight: a hidden one paints nothing, and so asks for nothing.
const seen = () => new Promise((resolve) => {
  const look = () => {
    if (document.hidden) return
    document.removeEventListener("visibilitychange", look)
    resolve()
  }
  document.addEventListener("visibilitychange", look)
  look()
})
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

