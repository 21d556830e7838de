// Points at what to look at, one sentence after the other, in the first visit of a browser. It takes no key but Escape.

const SEEN = "rnnviz-welcomed"
const guides = new WeakMap()

export default function ({ parentElement, data }) {
  if (!guides.has(parentElement)) guides.set(parentElement, new Guide(parentElement, data))
  return () => {
    guides.get(parentElement)?.close()
    guides.delete(parentElement)
  }
}

class Guide {
  constructor(root, data) {
    Object.assign(this, { data, place: -1, card: root.querySelector(".rnnviz-welcome"), leaving: new AbortController() })
    if (seen()) return
    this.watch = setInterval(() => this.begin(), 200)
  }

  // Once there is something to look at, and somebody who looks.
  begin() {
    const drawn = ({ name }) => picture(name)?.querySelector(".main-svg")
    if (document.hidden || !this.data.sentences.every(drawn)) return
    clearInterval(this.watch)
    remember()
    const { signal } = this.leaving
    const act = (name, does) => this.card.querySelector(`[data-act=${name}]`).addEventListener("click", does, { signal })
    act("next", () => this.next())
    act("close", () => this.close())
    addEventListener("keydown", ({ key }) => key === "Escape" && this.close(), { signal })
    this.card.querySelector("[data-act=close]").textContent = this.data.close
    this.card.setAttribute("aria-label", this.data.label)
    this.card.showPopover()
    this.next()
  }

  next() {
    const sentence = this.data.sentences[++this.place]
    if (!sentence) return this.close()
    this.card.querySelector("p").textContent = sentence.text
    this.card.querySelector("small").textContent = sentence.count
    this.card.querySelector("[data-act=next]").textContent = sentence.next
    this.point(picture(sentence.name)?.closest("figure"))
  }

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

const picture = (name) => document.querySelector(`[data-picture=${name}]`)

// A browser may refuse to keep anything: then every visit is the first.
function seen() {
  try {
    return localStorage.getItem(SEEN)
  } catch {
    return null
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1")
  } catch {}
}
