// Greedy decoding beside beam search: the tree of what was kept and pruned, the outputs, and what a visitor asks for.

import { Stage } from "../live/live.js"
import { mounts } from "../live/mount.js"
import { element, fill, line, pressed, typeset } from "../live/text.js"
import { Branches } from "./branches.js"
import { source } from "./source.js"
import { Typing } from "./typing.js"

/** @import { Component } from "../live/sent.d.ts" */
/** @import { Branch, Drawn, Found, TreeData, TreeFrame } from "./tree.d.ts" */

export default mounts((/** @type {HTMLElement} */ root, /** @type {TreeData} */ data) => new TreeStage(root, data))

class TreeStage extends Stage {
  /** @type {number[]} with which tokens every output has to begin */
  forced = []
  seeking = false

  /**
   * @param {HTMLElement} root
   * @param {TreeData} data
   */
  constructor(root, data) {
    super(root, data)
    this.data = data
    const { text } = data
    const { signal } = this.leaving
    this.typing = new Typing(/** @type {HTMLFormElement} */ (this.find(".own")), this.find(".refused"), data, signal)
    this.seek = pressed(text.seek, () => this.search(true))
    this.branches = new Branches(this.find(".drawn"), text, {
      tell: (branch) => this.write(".about", branch ? this.branches.told(branch) : text.help),
      press: (branch) => this.press(branch),
    })
    this.find(".tools").append(this.seek)
    this.key(text)
    this.release = pressed(text.release, () => this.force([]))
    this.prefix = element("span")
    this.find(".prefix").append(this.prefix, this.release)
    this.find(".about").textContent = text.help
    this.find(".help").textContent = text.normalising
    source.addEventListener("change", () => this.force([]), { signal }) // of another source
  }

  /** @override */
  close() {
    super.close()
    this.branches.close()
  }

  /**
   * What the lines and boxes mean.
   * @param {Record<string, string>} text
   */
  key(text) {
    const signs = ["best", "greedy", "part", "kept", "pruned", "ended", "forced"].map((name) => {
      const sign = element("span", text[`key_${name}`])
      sign.className = `sign ${name}`
      return sign
    })
    this.find(".key").append(...signs)
  }

  /**
   * @override
   * @param {Component<TreeData>} component
   */
  update(component) {
    const { task } = this.data
    super.update(component)
    this.typing.data = component.data
    if (task === component.data.task) return
    this.typing.show()
    this.search(false)
    this.find(".found").textContent = ""
    this.find(".examples").replaceChildren()
    this.force([])
  }

  /** @param {boolean} seeking */
  search(seeking) {
    this.seeking = seeking
    this.seek.disabled = seeking
    if (!seeking) return
    this.find(".found").textContent = this.data.text.seeking
    this.find(".examples").replaceChildren()
    this.frames.again()
  }

  /** @override */
  more() {
    return { pairs: { text: source.of(this.data.task), forced: this.forced, search: this.seeking } }
  }

  /** @param {number[]} tokens */
  force(tokens) {
    this.forced = tokens
    this.frames.again()
  }

  /**
   * Forces a branch; the last that is forced is let go.
   * @param {Branch} branch
   */
  press(branch) {
    const tokens = this.branches.path(branch).map(({ token }) => token)
    this.force(branch.forced && tokens.length === this.forced.length ? tokens.slice(0, -1) : tokens)
  }

  /**
   * @override
   * @param {TreeFrame} frame
   */
  first({ tree, found }) {
    if (found && this.seeking) this.offer(found)
    if (!tree) return
    this.write(".parting", tree.parting)
    this.write(".note", tree.note)
    this.branches.show(tree)
    this.outputs(tree)
    const forced = tree.branches.filter((branch) => branch.forced)
    this.find(".prefix").hidden = !forced.length
    const names = forced.map(({ name }) => name).join(" ")
    const sentence = fill(this.data.text.forced, { tokens: names })
    if (this.prefix.textContent !== sentence) this.prefix.textContent = sentence
  }

  /** @param {Found} found */
  offer({ sentence, sources }) {
    this.search(false)
    this.find(".found").textContent = sentence
    this.find(".examples").replaceChildren(
      ...sources.map((text) => pressed(text, () => source.take(this.data.task, text))),
    )
  }

  /** @param {Drawn} drawn */
  outputs({ outputs }) {
    const { text } = this.data
    const rows = JSON.stringify(outputs)
    const table = this.find(".outputs")
    if (this.said.outputs === rows) return
    this.said.outputs = rows
    const head = line([text.place, text.output, text.total, text.mean_of, ""], "th")
    table.replaceChildren(
      Object.assign(element("caption", text.outputs)),
      head,
      ...outputs.map(({ text, total, mean, notes }, place) => line([String(place + 1), text, total, mean, notes])),
    )
  }

  /**
   * @param {string} where
   * @param {string} sentence
   */
  write(where, sentence) {
    if (this.said[where] !== sentence) typeset(this.find(where), this.said[where] = sentence)
  }
}
