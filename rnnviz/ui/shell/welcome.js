// Points at what to look at, one sentence after the other, in the first visit of a browser. It takes no key but Escape.

import { mounts } from "../live/mount.js"

/** @typedef {{ name: string, text: string, count: string, next: string }} Sentence */
/** @typedef {{ sentences: Sentence[], close: string, label: string }} WelcomeData */

const SEEN = "rnnviz-welcomed"

export default mounts((/** @type {HTMLElement} */ root, /** @type {WelcomeData} */ data) => new Guide(root, data))

class Guide {
  place = -1
  /** @type {Element | null | undefined} */
  pointed

  /**
   * @param {HTMLElement} root
   * @param {WelcomeData} data
   */
  constructor(root, data) {
    this.data = data
    this.card = /** @type {HTMLElement} */ (root.querySelector(".rnnviz-welcome"))
    this.leaving = new AbortController()
    this.watch = seen() ? 0 : setInterval(() => this.begin(), 200)
  }

  update() {}

  /** Once there is something to look at, and somebody who looks. */
  begin() {
    const { sentences, close, label } = this.data
    if (document.hidden || !sentences.every(({ name }) => picture(name)?.querySelector(".main-svg"))) return
    clearInterval(this.watch)
    remember()
    this.button("next", () => this.next())
    this.button("close", () => this.close()).textContent = close
    addEventListener("keydown", ({ key }) => key === "Escape" && this.close(), { signal: this.leaving.signal })
    this.card.setAttribute("aria-label", label)
    this.card.showPopover()
    this.next()
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  button(name, act) {
    const made = this.part(`[data-act=${name}]`)
    made.addEventListener("click", act, { signal: this.leaving.signal })
    return made
  }

  /** @param {string} query */
  part(query) {
    return /** @type {HTMLElement} */ (this.card.querySelector(query))
  }

  next() {
    const sentence = this.data.sentences[++this.place]
    if (!sentence) return this.close()
    this.part("p").textContent = sentence.text
    this.part("small").textContent = sentence.count
    this.part("[data-act=next]").textContent = sentence.next
    this.point(picture(sentence.name)?.closest("figure"))
  }

  /** @param {Element | null | undefined} target */
  point(target) {
    this.pointed?.classList.remove("rnnviz-pointed")
    this.pointed = target
    target?.classList.add("rnnviz-pointed")
    target?.scrollIntoView({ block: "nearest" })
  }

  close() {
    clearInterval(this.watch)
    this.leaving.abort()
    this.point(null)
    if (this.card.matches(":popover-open")) this.card.hidePopover()
  }
}

/** @param {string} name */
const picture = (name) => document.querySelector(`[data-picture=${name}]`)

/** A browser may refuse to keep anything: then every visit is the first. */
function seen() {
  try {
    return Boolean(localStorage.getItem(SEEN))
  } catch {
    return false
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1")
  } catch {
    // as above
  }
}
