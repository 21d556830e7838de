// Draws the figures the server sends once, then puts in the arrays that changed. After the other parts of its component.

const stages = new WeakMap()
// plotly.js' bar of tools would lie over legends; what it could do is done by mouse, or beside the values as text.
const CONFIG = { displayModeBar: false }

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
    this.because = {} // the whole sentence of each picture
    this.said = {}
    this.data = data
    this.glossary = new Glossary(root.querySelector(".rnnviz"), data.glossary)
    this.leaving = new AbortController()
    // A finger scrolls: it would zoom, if plotly.js heard of it. A tap still comes, as a click.
    const early = { capture: true, passive: true, signal: this.leaving.signal }
    addEventListener("touchstart", (event) => event.target.closest?.(".js-plotly-plot") && event.stopPropagation(), early)
    const readouts = root.querySelector(".readouts")
    for (const [name, [label, help]] of Object.entries(data.readouts)) {
      const group = document.createElement("div")
      const word = document.createElement("dt")
      word.append(this.glossary.button(label, help))
      group.append(word, element("dd", "\u2013", { word: name }))
      readouts.append(group)
    }
    for (const picture of data.pictures) this.place(picture)
    root.querySelector(".board").classList.toggle("score", data.pictures.some(({ share }) => share))
    this.resizing = new ResizeObserver((entries) => {
      this.measure()
      for (const { target } of entries) if (target.data) Plotly.Plots.resize(target)
    })
    for (const plot of Object.values(this.plots)) this.resizing.observe(plot)
    addEventListener("resize", (this.resized = () => this.measure()))
    this.frames = new Frames({ draw: (frame, almost) => this.draw(frame, almost), say: (words) => this.say(words) })
    loadPlotly(data.plotly) // while the first frame is on its way
  }

  // Makes room for a picture: on a stave of the score, `share` of its height high, or beside it.
  place({ name, title, alt, share }) {
    const figure = document.createElement("figure")
    const caption = document.createElement("figcaption")
    const plot = element("div", "", { picture: name })
    plot.className = "plot"
    plot.setAttribute("role", "img")
    plot.setAttribute("aria-label", alt)
    const heading = element("b", "")
    typeset(heading, title)
    const step = () => this.said.step
    const values = valuesButton(plot, heading.textContent, this.glossary.place, this.data.text, step)
    caption.append(heading, element("span", "", { sentence: name }), this.explanation(name), values)
    figure.append(caption, plot)
    if (share) figure.style.setProperty("--share", share)
    else figure.append(element("p", "", { word: `${name}_note` }))
    this.root.querySelector(share ? ".staves" : ".pictures").append(figure)
    this.plots[name] = plot
  }

  // Runs at every rerun of the script and when the theme changes.
  update(component) {
    this.data = component.data
    this.measure()
    const template = theme(this.root)
    if (JSON.stringify(template) !== JSON.stringify(this.template)) {
      this.template = template
      for (const plot of Object.values(this.plots)) {
        if (plot.data) Plotly.react(plot, plot.data, { ...plot.layout, template })
      }
    }
    this.frames.update(component)
  }

  // A score is as high as what is left of the window below its own top.
  measure() {
    const section = this.root.querySelector(".score")
    const scroller = this.root.closest("[data-testid=stMain]")
    if (!section || !scroller) return
    const block = this.root.closest("[data-testid=stMainBlockContainer]")
    const top = section.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    section.style.setProperty("--room", `${scroller.clientHeight - top - parseFloat(getComputedStyle(block).paddingBottom)}px`)
  }

  async draw({ figures = {}, arrays = {}, hidden }, almost) {
    await loadPlotly(this.data.plotly)
    for (const [name, plot] of Object.entries(this.plots)) plot.parentElement.hidden = hidden.includes(name)
    for (const [name, { data, layout, caption, sentence }] of Object.entries(figures)) {
      typeset(this.root.querySelector(`[data-sentence=${name}]`), caption ?? sentence)
      if (caption) this.explain(name, sentence)
      else this.glossary.mark(this.root.querySelector(`[data-sentence=${name}]`))
      const { height: _, ...rest } = layout // the page's style says how high it is
      await Plotly.react(this.plots[name], data, touched({ ...rest, template: this.template }), CONFIG)
      await this.frames.turn()
      if (this.frames.superseded) return
    }
    const changed = Object.entries(arrays)
    for (const [i, [name, traces]] of changed.entries()) {
      if (i === changed.length - 1) almost() // the next frame travels meanwhile
      const attributes = new Set(traces.flatMap(Object.keys))
      const update = {}
      for (const attribute of attributes) update[attribute] = traces.map((trace) => trace[attribute])
      await Plotly.restyle(this.plots[name], update, traces.map((_, i) => i))
      await this.frames.turn()
      if (this.frames.superseded) return
    }
  }

  say(words) {
    for (const [word, text] of Object.entries(words)) {
      const place = this.root.querySelector(`[data-word=${word}]`)
      if (place && this.said[word] !== text) typeset(place, (this.said[word] = text))
    }
    // The verdict is read aloud when it is another, not when a number in it is.
    if (words.kind === undefined || words.kind === this.kind) return
    this.kind = words.kind
    typeset(this.root.querySelector(".aloud"), words.diagnosis)
  }

  // A button beside a caption that opens the whole sentence.
  explanation(name) {
    const button = element("button", "?", { why: name })
    Object.assign(button, { type: "button", hidden: true })
    this.because[name] = Object.assign(element("p", ""), { popover: "auto", className: "explanation" })
    opens(button, this.because[name], this.glossary.place, { hover: true })
    return button
  }

  explain(name, sentence) {
    const button = this.root.querySelector(`[data-why=${name}]`)
    button.hidden = false
    button.setAttribute("aria-label", sentence)
    typeset(this.because[name], sentence)
    this.glossary.mark(this.because[name])
  }

  close() {
    this.frames.close()
    this.resizing.disconnect()
    removeEventListener("resize", this.resized)
    this.leaving.abort()
    for (const plot of Object.values(this.plots)) window.Plotly?.purge(plot)
  }
}

// Under a finger, a legend's small entries are no switches.
function touched(layout) {
  const coarse = matchMedia("(pointer: coarse)").matches
  return coarse ? { ...layout, legend: { ...layout.legend, itemclick: false, itemdoubleclick: false } } : layout
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
