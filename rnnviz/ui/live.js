// Draws the figures the server sends once, then puts in the arrays that changed; asks for more when it has painted.

const stages = new WeakMap()
// Why a socket was closed, as its code: by this script, by the server because the run is gone, by a drawing that failed.
const OURS = 1000
const GONE = 4404
const BROKEN = 4000
// Milliseconds between frames, and for how long, after somebody has touched something.
const HURRY = 10
const HURRIED_FOR = 500
// The button taken away would upload the chart: nothing leaves the machine.
const CONFIG = { displaylogo: false, modeBarButtonsToRemove: ["sendChartToCloud"] }

export default function (component) {
  const { parentElement } = component
  if (!stages.has(parentElement)) stages.set(parentElement, new Stage(parentElement, component.data))
  const stage = stages.get(parentElement)
  stage.update(component)
  return () => {
    stage.close()
    stages.delete(parentElement)
  }
}

class Stage {
  constructor(root, data) {
    this.root = root
    this.plots = {}
    this.said = {}
    const readouts = root.querySelector(".readouts")
    for (const [name, [label, help]] of Object.entries(data.readouts)) {
      const group = Object.assign(document.createElement("div"), { title: help })
      group.append(element("dt", label), element("dd", "\u2013", { word: name }))
      readouts.append(group)
    }
    for (const { name, title, alt } of data.pictures) {
      const figure = document.createElement("figure")
      const caption = document.createElement("figcaption")
      const plot = element("div", "", { picture: name })
      plot.className = "plot"
      plot.setAttribute("role", "img")
      plot.setAttribute("aria-label", alt)
      caption.append(element("b", title), element("span", "", { sentence: name }))
      figure.append(caption, plot, element("p", "", { word: `${name}_note` }))
      root.querySelector(".pictures").append(figure)
      this.plots[name] = plot
    }
    this.resizing = new ResizeObserver((entries) => {
      for (const { target } of entries) if (target.data) Plotly.Plots.resize(target)
    })
    for (const plot of Object.values(this.plots)) this.resizing.observe(plot)
    this.leaving = new AbortController()
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.hurry(), this.leaving)
    this.say({ notice: data.words.waiting })
    loadPlotly(data.plotly) // while the first frame is on its way
  }

  // Runs at every rerun of the script and when the theme changes.
  update({ data, setTriggerValue }) {
    Object.assign(this, { data, setTriggerValue })
    const template = theme(this.root)
    if (JSON.stringify(template) !== JSON.stringify(this.template)) {
      this.template = template
      for (const plot of Object.values(this.plots)) {
        if (plot.data) Plotly.react(plot, plot.data, { ...plot.layout, template })
      }
    }
    if (data.socket !== this.address) {
      this.address = data.socket
      this.socket?.close(OURS)
      this.running ??= this.run()
    }
    this.hurry()
  }

  async run() {
    while (!this.closed) {
      const code = await this.follow(this.address)
      if (this.closed) return
      if (code === OURS) continue
      if (code === GONE) this.setTriggerValue("gone", this.address)
      else this.say({ notice: this.data.words.lost })
      await later(1000)
    }
  }

  // Pulls frames over one socket until it closes; resolves with the code it was closed with.
  follow(address) {
    return new Promise((resolve) => {
      const socket = (this.socket = new WebSocket(new URL(address, location.href.replace(/^http/, "ws"))))
      const shown = { seen: -1, key: "" }
      let asked = 0
      const ask = () => {
        asked = performance.now()
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(shown))
      }
      const take = async ({ data }) => {
        const frame = JSON.parse(data)
        if ("key" in frame) {
          await this.draw(frame)
          shown.seen = frame.seen
          shown.key = frame.key
        }
        await painted()
        await this.rest(asked + this.data.interval - performance.now())
        ask()
      }
      socket.onopen = ask
      socket.onmessage = (event) =>
        take(event).catch((error) => {
          console.error(error)
          socket.close(BROKEN) // the next socket draws everything anew
        })
      socket.onclose = ({ code }) => resolve(code)
    })
  }

  // Waits, but only for a moment where somebody has just done something: they look for the answer.
  rest(milliseconds) {
    if (performance.now() < this.hurried) milliseconds = Math.min(milliseconds, HURRY)
    return Promise.race([later(milliseconds), new Promise((wake) => (this.wake = wake))])
  }

  hurry() {
    this.hurried = performance.now() + HURRIED_FOR
    this.wake?.()
  }

  async draw({ figures = {}, arrays = {}, words, stopped }) {
    this.say(words)
    await loadPlotly(this.data.plotly)
    for (const [name, { data, layout, sentence }] of Object.entries(figures)) {
      typeset(this.root.querySelector(`[data-sentence=${name}]`), sentence)
      await Plotly.react(this.plots[name], data, { ...layout, template: this.template }, CONFIG)
    }
    for (const [name, traces] of Object.entries(arrays)) {
      const attributes = new Set(traces.flatMap(Object.keys))
      const update = {}
      for (const attribute of attributes) update[attribute] = traces.map((trace) => trace[attribute])
      await Plotly.restyle(this.plots[name], update, traces.map((_, i) => i))
      await later(0) // clicks and keys come first
    }
    if (stopped !== this.data.stopped && stopped !== this.told) this.setTriggerValue("stopped", String(stopped))
    this.told = stopped
  }

  say(words) {
    for (const [word, text] of Object.entries(words)) {
      const place = this.root.querySelector(`[data-word=${word}]`)
      if (place && this.said[word] !== text) typeset(place, (this.said[word] = text))
    }
  }

  close() {
    this.closed = true
    this.leaving.abort()
    this.socket?.close(OURS)
    this.resizing.disconnect()
    for (const plot of Object.values(this.plots)) window.Plotly?.purge(plot)
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
  const parts = sentence.split(/(?<=\bd?\p{L})_(\w+)/u)
  place.replaceChildren(...parts.map((part, i) => (i % 2 ? element("sub", part) : part)))
}

function loadPlotly(source) {
  window.rnnvizPlotly ??= new Promise((resolve, reject) => {
    const failed = (event) => {
      window.rnnvizPlotly = null // to be tried again with the next frame
      reject(event)
    }
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: failed })
    document.head.append(script)
  })
  return window.rnnvizPlotly
}

// The page's own font and colours, as a Plotly template: the figures leave them open.
function theme(root) {
  const style = getComputedStyle(root)
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim()
  const axis = { gridcolor: read("border-color"), linecolor: read("border-color"), zerolinecolor: read("border-color") }
  const hoverlabel = { bgcolor: read("secondary-background-color"), font: { color: read("text-color") } }
  return {
    layout: { font: { family: read("font"), color: read("text-color") }, xaxis: axis, yaxis: axis, hoverlabel },
  }
}

const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))
