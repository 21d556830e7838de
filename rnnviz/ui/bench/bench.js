// The bench: the live pictures, and on top of their score the network itself.

import { isDark } from "../graph/colours.js"
import { Stave } from "../graph/stave.js"
import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { LiveData, LiveFrame } from "../live/live.d.ts" */
/** @import { StaveFrame, StaveWords } from "../graph/sent.d.ts" */

/** @typedef {LiveData & { stave: StaveWords }} BenchData */
/** @typedef {LiveFrame & { graph?: StaveFrame }} BenchFrame */

export default mounts((/** @type {HTMLElement} */ root, /** @type {BenchData} */ data) => new Bench(root, data))

class Bench extends Stage {
  /**
   * @param {HTMLElement} root
   * @param {BenchData} data
   */
  constructor(root, data) {
    super(root, data)
    const does = { again: () => this.frames.again(), columns: () => this.columns() }
    this.stave = new Stave(this.find(".staves"), data.stave, does, this.explanation("graph"), this.glossary)
    this.resizing.observe(this.stave.plot)
  }

  /**
   * @override
   * @param {Component<BenchData>} component
   */
  update(component) {
    super.update(component)
    this.stave.dark = isDark(getComputedStyle(this.root).getPropertyValue("--st-background-color"))
    this.stave.paint()
  }

  /** @override */
  more() {
    return this.stave.asks
  }

  /** @override */
  close() {
    super.close()
    this.stave.close()
  }

  /**
   * @override
   * @param {BenchFrame} frame
   */
  first({ graph }) {
    this.stave.meet(graph)
    if (graph?.network) this.explain("graph", graph.network.text.help)
  }

  /**
   * @override
   * @param {BenchFrame} frame
   * @param {() => void} almost
   * @param {(error: unknown) => void} fail
   */
  async draw(frame, almost, fail) {
    this.stave.take(frame.graph)
    await this.frames.turn()
    await super.draw(frame, almost, fail)
    this.stave.fit()
  }

  /**
   * @override
   * @param {import("../live/live.d.ts").Plot[]} plots
   */
  async resize(plots) {
    await super.resize(plots)
    this.stave.fit()
  }

  /** Where the pictures of the score have their columns, once one is drawn. */
  columns() {
    const size = Object.values(this.plots).find((plot) => plot.closest(".staves") && plot._fullLayout)?._fullLayout
      ._size
    return size ? { left: size.l, across: size.w } : null
  }
}
