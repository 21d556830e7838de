// Live pictures: draws the figures the server sends once, then puts in the arrays that changed.

import { Follower } from "./cursor.js"
import { Frames } from "./frames.js"
import { Glossary } from "./glossary.js"
import { Marks } from "./marks.js"
import { mounts } from "./mount.js"
import { change, draw, drawable, loaded, theme, touched } from "./plotly.js"
import { opens } from "./popover.js"
import { element, typeset } from "./text.js"
import { valuesButton } from "./values.js"

/** @import { Component, Words } from "./sent.d.ts" */
/** @import { LiveData, LiveFrame, Plot } from "./live.d.ts" */

export default mounts((/** @type {HTMLElement} */ root, /** @type {LiveData} */ data) => new Stage(root, data))

export class Stage {
  /** @type {Record<string, Plot>} */
  plots = {}
  /** @type {Record<string, HTMLElement>} the whole sentence of each picture */
  because = {}
  /** @type {Words} */
  said = {}
  kind = "" // of the verdict
  template = {}

  /**
   * @param {HTMLElement} root
   * @param {LiveData} data
   */
  constructor(root, data) {
    this.root = root
    this.data = data
    this.glossary = new Glossary(this.find(".rnnviz"), data.glossary)
    this.leaving = new AbortController()
    // A finger scrolls: it would zoom, if plotly.js heard of it. A tap still comes, as a click.
    const early = { capture: true, passive: true, signal: this.leaving.signal }
    addEventListener("touchstart", (event) => inPlot(event) && event.stopPropagation(), early)
    addEventListener("resize", () => this.measure(), { signal: this.leaving.signal })
    this.readouts(data)
    for (const picture of data.pictures) this.place(picture)
    this.find(".board").classList.toggle("score", data.pictures.some(({ share }) => share))
    this.marks = new Marks(Object.values(this.plots))
    this.resizing = new ResizeObserver((entries) =>
      this.resize(entries.map(({ target }) => /** @type {Plot} */ (target)))
    )
    for (const plot of Object.values(this.plots)) this.resizing.observe(plot)
    this.frames = /** @type {Frames<LiveFrame>} */ (new Frames(data, {
      draw: (frame, almost, fail) => this.draw(frame, almost, fail),
      say: (words) => this.say(words),
      first: (frame) => this.first(frame),
      more: () => this.more(),
    }))
    this.follower = data.follows ? new Follower("t", () => this.frames.again()) : null
    this.sighting = new IntersectionObserver((entries) => this.frames.sight(entries.some((e) => e.isIntersecting)))
    if (data.waits) this.sighting.observe(this.find(".rnnviz"))
    loaded(data.plotly) // while the first frame is on its way
  }

  /**
   * @param {string} query
   * @returns {HTMLElement}
   */
  find(query) {
    return /** @type {HTMLElement} */ (this.root.querySelector(query))
  }

  /** @param {LiveData} data */
  readouts({ readouts }) {
    for (const [name, [label, help]] of Object.entries(readouts)) {
      const group = element("div")
      const word = element("dt")
      word.append(this.glossary.button(label, help))
      group.append(word, element("dd", "\u2013", { word: name }))
      this.find(".readouts").append(group)
    }
  }

  /**
   * Makes room for a picture: on a stave of the score, `share` of its height high, or beside it.
   * @param {LiveData["pictures"][number]} picture
   */
  place({ name, title, alt, share, hidden }) {
    const figure = Object.assign(element("figure"), { hidden })
    const caption = element("figcaption")
    const plot = /** @type {Plot} */ (/** @type {HTMLElement} */ (element("div", "", { picture: name })))
    plot.className = "plot"
    plot.setAttribute("role", "img")
    plot.setAttribute("aria-label", alt)
    const heading = element("b")
    typeset(heading, title)
    const words = { what: heading.textContent ?? "", text: this.data.text, step: () => this.said.step }
    const values = valuesButton(plot, words, this.glossary.place)
    caption.append(heading, element("span", "", { sentence: name }), this.explanation(name), values)
    figure.append(caption, plot)
    if (share) figure.style.setProperty("--share", String(share))
    else figure.append(element("p", "", { word: `${name}_note` }))
    this.find(share ? ".staves" : ".pictures").append(figure)
    this.plots[name] = plot
  }

  /**
   * Runs at every rerun of the script and when the theme changes.
   * @param {Component<LiveData>} component
   */
  update(component) {
    this.data = component.data
    this.measure()
    const template = theme(this.root)
    if (JSON.stringify(template) !== JSON.stringify(this.template)) {
      this.template = template
      for (const plot of Object.values(this.plots)) {
        if (plot.data) draw(plot, plot.data, { ...plot.layout, template })
      }
    }
    this.frames.update(component)
  }

  /**
   * @param {Plot[]} plots
   * @returns {Promise<unknown>} which is kept once they have their new size
   */
  resize(plots) {
    this.measure()
    return Promise.all(plots.map((plot) => plot.data && Plotly.Plots.resize(plot)))
  }

  /** A score is as high as what is left of the window below its own top. */
  measure() {
    const section = /** @type {HTMLElement | null} */ (this.root.querySelector(".score"))
    const scroller = this.root.closest("[data-testid=stMain]")
    const around = this.root.closest("[data-testid=stMainBlockContainer]")
    if (!section || !scroller || !around) return
    const top = section.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    const below = parseFloat(getComputedStyle(around).paddingBottom)
    section.style.setProperty("--room", `${scroller.clientHeight - top - below}px`)
  }

  /**
   * @param {LiveFrame} frame
   * @param {() => void} almost
   * @param {(error: unknown) => void} fail
   */
  async draw({ figures = {}, arrays = {}, hidden }, almost, fail) {
    await loaded(this.data.plotly)
    for (const [name, plot] of Object.entries(this.plots)) {
      if (plot.parentElement) plot.parentElement.hidden = hidden.includes(name)
    }
    for (const [name, { data, layout, caption, sentence }] of Object.entries(figures)) {
      this.caption(name, caption, sentence)
      const { height: _, ...rest } = drawable(layout) // the page's style says how high it is
      await draw(this.plots[name], drawable(data), touched({ ...rest, template: this.template }))
      this.marks.drawn(this.plots[name])
      await this.frames.turn()
      if (this.frames.superseded) return
    }
    const changed = Object.entries(arrays)
    for (const [i, [name, traces]] of changed.entries()) {
      if (i === changed.length >> 1) almost() // the next frame travels meanwhile
      await change(this.plots[name], traces.map(drawable), fail)
      await this.frames.turn()
      if (this.frames.superseded) return
    }
  }

  /** @param {Words} words */
  say(words) {
    for (const [word, text] of Object.entries(words)) {
      const place = this.root.querySelector(`[data-word=${word}]`)
      if (place && this.said[word] !== text) typeset(place, this.said[word] = text)
    }
    // The verdict is read aloud when it is another, not when a number in it is.
    if (words.kind === undefined || words.kind === this.kind) return
    this.kind = words.kind
    typeset(this.find(".aloud"), words.diagnosis)
  }

  /**
   * What stands beside a picture's name: a sentence, or a short caption and a button that opens the sentence.
   * @param {string} name
   * @param {string | null} caption
   * @param {string} sentence
   */
  caption(name, caption, sentence) {
    const place = this.find(`[data-sentence=${name}]`)
    typeset(place, caption ?? sentence)
    if (caption) this.explain(name, sentence)
    else this.glossary.mark(place)
  }

  /**
   * Puts the sentence behind a button of `explanation`.
   * @param {string} name
   * @param {string} sentence
   */
  explain(name, sentence) {
    const button = this.find(`[data-why=${name}]`)
    button.hidden = false
    button.setAttribute("aria-label", sentence)
    typeset(this.because[name], sentence)
    this.glossary.mark(this.because[name])
  }

  /**
   * A button beside a caption that opens the whole sentence.
   * @param {string} name
   */
  explanation(name) {
    const button = Object.assign(element("button", "?", { why: name }), { type: "button", hidden: true })
    this.because[name] = Object.assign(element("p"), { popover: "auto", className: "explanation" })
    opens(button, this.because[name], this.glossary.place, { hover: true })
    return button
  }

  /**
   * Shows what need not wait for the pictures.
   * @param {LiveFrame} _frame
   */
  first(_frame) {}

  /**
   * What to add to a request.
   * @returns {object}
   */
  more() {
    return this.follower?.step ? { t: this.follower.step } : {}
  }

  close() {
    this.marks.close()
    this.follower?.close()
    this.frames.close()
    this.resizing.disconnect()
    this.sighting.disconnect()
    this.leaving.abort()
    for (const plot of Object.values(this.plots)) globalThis.Plotly?.purge(plot)
  }
}

/** @param {TouchEvent} event */
const inPlot = ({ target }) => target instanceof Element && target.closest(".js-plotly-plot")
