// Texts on the page: elements that hold them, sentences with their values, symbols as the formulas have them.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [text]
 * @param {Record<string, string>} [data]
 */
export function element(tag, text = "", data = {}) {
  const made = document.createElement(tag)
  made.textContent = text
  Object.assign(made.dataset, data)
  return made
}

/**
 * @param {string} name the class
 * @param {(Node | string)[]} parts
 */
export function block(name, ...parts) {
  const made = element("div")
  made.className = name
  made.append(...parts)
  return made
}

/**
 * A button that does something.
 * @param {string} text
 * @param {(event: MouseEvent) => void} act
 */
export function pressed(text, act) {
  const made = Object.assign(element("button", text), { type: "button" })
  made.addEventListener("click", act)
  return made
}

/**
 * Puts in a sentence, its symbols as the formulas have them: h_t as h with a t below the line.
 * @param {Element} place
 * @param {string} sentence
 */
export function typeset(place, sentence) {
  const parts = sentence.split(/(?<=[\p{L}\p{M}])_(\d+\b|\w{1,2}\b|\([^()]*\))/u)
  place.replaceChildren(...parts.map((part, i) => (i % 2 ? element("sub", part.replace(/[()]/g, "")) : part)))
}

/**
 * A sentence with its values.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, word) => String(values[word] ?? ""))
}

/**
 * A line of a table.
 * @param {(Node | string)[]} cells the first is what the line is of
 * @param {"td" | "th"} [tag] of the others
 */
export function line(cells, tag = "td") {
  const made = element("tr")
  for (const [i, cell] of cells.entries()) {
    const place = element(i ? tag : "th")
    place.append(cell)
    made.append(place)
  }
  return made
}
