// Pulls frames of a run over a WebSocket: asks for the next when the last has been painted.

// Why a socket was closed, as its code: by this script, by the server because the run is gone, by a drawing that failed.
const OURS = 1000
const GONE = 4404
const BROKEN = 4000
// Milliseconds between frames, and for how long, after somebody has touched something: they look for the answer.
const HURRY = 10
const HURRIED_FOR = 500

class Frames {
  // draw(frame): shows a frame, and says so by a promise; say(words): shows words; more(): what to add to a request.
  constructor({ draw, say, more = () => ({}) }) {
    Object.assign(this, { draw, say, more })
    this.leaving = new AbortController()
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.hurry(), this.leaving)
  }

  // Runs at every rerun of the script.
  update({ data, setTriggerValue }) {
    Object.assign(this, { data, setTriggerValue })
    if (data.socket !== this.address) {
      if (!this.address) this.say({ notice: data.words.waiting })
      this.address = data.socket
      this.socket?.close(OURS)
      this.running ??= this.run()
    }
    this.hurry()
  }

  async run() {
    while (!this.closed) {
      const code = await this.follow()
      if (this.closed) return
      if (code === OURS) continue
      if (code === GONE) this.setTriggerValue("gone", this.address)
      else this.say({ notice: this.data.words.lost })
      await later(1000)
    }
  }

  // Pulls until the socket closes; resolves with the code it was closed with.
  follow() {
    return new Promise((resolve) => {
      const address = new URL(this.address, location.href.replace(/^http/, "ws"))
      const socket = (this.socket = new WebSocket(address))
      const shown = (this.shown = { seen: -1, key: "" })
      let asked = 0
      const ask = () => {
        asked = performance.now()
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...shown, ...this.more() }))
      }
      const take = async ({ data }) => {
        const frame = JSON.parse(data)
        if ("key" in frame) {
          Object.assign(shown, { seen: frame.seen, key: frame.key })
          await this.draw(frame)
          this.tell(frame.stopped)
        }
        await painted()
        await this.rest(asked + this.data.interval - performance.now())
        ask()
      }
      socket.onopen = ask
      socket.onmessage = (event) =>
        take(event).catch((error) => {
          if (this.closed) return // the page was left while a frame was drawn: its pictures are gone
          console.error(error)
          socket.close(BROKEN) // the next socket draws everything anew
        })
      socket.onclose = ({ code }) => resolve(code)
    })
  }

  // Lets the next frame come even if nothing has changed but what this script asks for.
  again() {
    if (this.shown) this.shown.seen = -1
    this.hurry()
  }

  rest(milliseconds) {
    if (performance.now() < this.hurried) milliseconds = Math.min(milliseconds, HURRY)
    return Promise.race([later(milliseconds), new Promise((wake) => (this.wake = wake))])
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
  const parts = sentence.split(/(?<=\p{L})_(\d+|\w{1,2})\b/u)
  place.replaceChildren(...parts.map((part, i) => (i % 2 ? element("sub", part) : part)))
}

const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

