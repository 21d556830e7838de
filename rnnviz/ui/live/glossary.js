// Words that need explaining, explained in place: a button that opens a sentence.

import { opens } from "./popover.js"
import { element, typeset } from "./text.js"

export class Glossary {
  /**
   * @param {Element} place where the sentences wait, in the page's order after all else
   * @param {Record<string, string>} terms the sentence that explains each word
   */
  constructor(place, terms) {
    this.place = place
    this.terms = new Map(Object.entries(terms).map(([word, sentence]) => [word.toLowerCase(), sentence]))
    this.word = new RegExp(`(?<!\\p{L})(${Object.keys(terms).join("|")})(?!\\p{L})`, "iu")
  }

  /**
   * Makes a button of each word of a text that needs it, where it comes first.
   * @param {Element} text
   */
  mark(text) {
    const met = new Set()
    const parts = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
    for (let part = parts.nextNode(); part; part = parts.nextNode()) {
      if (!(part instanceof Text) || part.parentElement?.closest("button")) continue
      const found = this.word.exec(part.data)
      const name = found?.[0].toLowerCase()
      if (!found || met.has(name)) continue
      met.add(name)
      const rest = part.splitText(found.index)
      rest.splitText(found[0].length)
      rest.replaceWith(this.button(found[0], this.terms.get(name ?? "") ?? ""))
    }
  }

  /**
   * A word as a button that explains itself.
   * @param {string} word
   * @param {string} sentence
   */
  button(word, sentence) {
    const button = Object.assign(element("button"), { type: "button", className: "term" })
    typeset(button, word)
    const text = Object.assign(element("p"), { popover: "auto", className: "explanation" })
    typeset(text, sentence)
    opens(button, text, this.place, { hover: true })
    return button
  }
}
