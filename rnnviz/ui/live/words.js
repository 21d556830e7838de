// Words that need explaining, explained in place: a button that opens a sentence, by pointer, touch and key. After
// frames.js.

class Glossary {
  // place: where the sentences wait, in the page's order after all else; terms: the sentence that explains each word.
  constructor(place, terms) {
    this.place = place
    this.terms = new Map(Object.entries(terms).map(([word, sentence]) => [word.toLowerCase(), sentence]))
    this.word = new RegExp(`(?<!\\p{L})(${Object.keys(terms).join("|")})(?!\\p{L})`, "iu")
  }

  // Makes a button of each word of a text that needs it, where it comes first.
  mark(text) {
    const met = new Set()
    const parts = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
    for (let part = parts.nextNode(); part; part = parts.nextNode()) {
      if (part.parentElement.closest("button")) continue
      const word = this.word.exec(part.data)
      if (!word || met.has(word[0].toLowerCase())) continue
      met.add(word[0].toLowerCase())
      const rest = part.splitText(word.index)
      rest.splitText(word[0].length)
      rest.replaceWith(this.button(word[0], this.terms.get(word[0].toLowerCase())))
    }
  }

  // A word as a button that explains itself.
  button(word, sentence) {
    const button = element("button", "")
    Object.assign(button, { type: "button", className: "term" })
    typeset(button, word)
    const text = element("p", "")
    Object.assign(text, { popover: "auto", className: "explanation" })
    typeset(text, sentence)
    opens(button, text, this.place, { hover: true })
    return button
  }
}

// Lets a button open what there is to say of it, from one press to the next, or while a mouse is over it. Escape and a
// press elsewhere close it, as the browser does with all popovers. fill: called before it is shown.
function opens(button, popover, place, { fill = () => {}, hover = false } = {}) {
  const shown = () => popover.matches(":popover-open")
  const show = () => {
    if (shown()) return
    fill()
    place.append(popover) // only now: a text that is replaced leaves nothing behind
    popover.showPopover({ source: button })
    const { left, bottom, top } = button.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = popover
    const y = bottom + 4 + height > innerHeight && top > height + 4 ? top - height - 4 : bottom + 4
    popover.style.setProperty("--near", `${Math.max(4, Math.min(left, innerWidth - width - 8))}px ${y}px`)
  }
  let pressed = false
  button.setAttribute("aria-expanded", false)
  popover.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", newState === "open")
    if (newState === "open") return
    pressed = false
    popover.remove()
  })
  button.addEventListener("click", () => {
    pressed = !pressed
    if (pressed) show()
    else if (shown()) popover.hidePopover()
  })
  if (hover) {
    button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && show())
    button.addEventListener("pointerleave", () => !pressed && shown() && popover.hidePopover())
  }
  // Space presses the button, and not the page's own shortcut.
  button.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation())
}
