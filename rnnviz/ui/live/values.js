// A picture's values as text, on request: a table of what is drawn, of a few dozen rows and columns at the most. After
// words.js and numbers.js.

const MOST = { rows: 50, columns: 20 }

// A button that opens them. what: the picture's name; text: VALUES, of live; step: says what the picture shows.
function valuesButton(plot, what, place, text, step) {
  const button = element("button", "\u25a4")
  Object.assign(button, { type: "button", className: "values", ariaLabel: `${what}: ${text.values}`, title: text.values })
  const popover = document.createElement("div")
  Object.assign(popover, { popover: "auto", className: "explanation table" })
  popover.setAttribute("role", "dialog")
  popover.setAttribute("aria-label", `${what}: ${text.values}`)
  // The page's own shortcuts would take the arrows, which scroll here.
  popover.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation())
  const show = () => {
    const scroll = Object.assign(document.createElement("div"), { className: "scroll", tabIndex: 0, autofocus: true })
    scroll.setAttribute("role", "group")
    scroll.setAttribute("aria-label", text.values)
    scroll.append(...tables(plot, text))
    const save = Object.assign(element("button", text.save), { type: "button" })
    save.addEventListener("click", () => Plotly.downloadImage(plot, { filename: `rnnviz-${plot.dataset.picture}` }))
    const close = Object.assign(element("button", text.close), { type: "button" })
    close.addEventListener("click", () => popover.hidePopover())
    const tools = document.createElement("header")
    tools.append(element("b", `${what}. ${fill(text.step, { step: step() })}`), save, close)
    popover.replaceChildren(tools, scroll)
  }
  opens(button, popover, place, { fill: show })
  return button
}

// One table for the lines and bars that share their axes, and one for each map.
function tables(plot, text) {
  const shown = plot._fullData.filter(({ visible, hoverinfo, showlegend }) => visible === true && (hoverinfo !== "skip" || showlegend))
  const maps = shown.filter(({ type }) => type === "heatmap").map((map) => mapTable(map, plot._fullLayout, text))
  const lines = Map.groupBy(shown.filter(({ type }) => type !== "heatmap"), ({ xaxis, yaxis }) => `${xaxis} ${yaxis}`)
  const made = [...[...lines.values()].map((traces) => lineTable(traces, plot._fullLayout, text)), ...maps]
  return made.flat()
}

function lineTable(traces, layout, text) {
  const rows = new Map()
  const places = new Map()
  const dated = traces.length > 1 && traces.every(({ text: words }) => Array.isArray(words)) // words of the places, then
  traces.forEach(({ x, y, text: words, name }, i) => {
    for (let at = 0; at < (x?.length ?? 0); at++) {
      if (!rows.has(x[at])) rows.set(x[at], [])
      const word = Array.isArray(words) && words[at] !== name ? words[at] : ""
      if (dated && word) places.set(x[at], word)
      rows.get(x[at])[i] = word && !dated ? worded(word, y[at]) : written(y[at])
    }
  })
  const numeric = [...rows.keys()].every((key) => typeof key === "number")
  const keys = numeric ? [...rows.keys()].sort((a, b) => a - b) : [...rows.keys()]
  const names = traces.map((trace) => plainText(trace._input.name) || title(layout, trace, "y") || text.value)
  const body = evenly(keys, MOST.rows).map((key) => [written(places.get(key) ?? key), ...traces.map((_, i) => rows.get(key)[i] ?? "")])
  return table([title(layout, traces[0], "x"), ...names], body, keys.length, text)
}

function mapTable(map, layout, text) {
  const all = Array.from(map.z ?? [], (values) => Array.from(values))
  const x = Array.from(map.x ?? all[0] ?? [])
  const y = Array.from(map.y ?? all)
  const rows = evenly([...all.keys()], MOST.rows)
  const columns = evenly([...(all[0] ?? []).keys()], MOST.columns)
  const words = Array.isArray(map.text) ? map.text : []
  const cell = (i, j) => (words[i]?.[j] ? worded(words[i][j], all[i][j]) : written(all[i][j]))
  const named = (letter, arrow) => title(layout, map, letter) && `${title(layout, map, letter)} ${arrow}`
  const head = [`${named("y", "\u2193")} ${named("x", "\u2192")}`.trim(), ...columns.map((j) => written(x[j] ?? j + 1))]
  return table(head, rows.map((i) => [written(y[i] ?? i + 1), ...columns.map((j) => cell(i, j))]), all.length, text, (all[0] ?? []).length)
}

function table(head, body, rows, text, columns = 0) {
  const line = (cells, tag) => {
    const made = document.createElement("tr")
    made.append(...cells.map((cell, i) => element(i && tag === "td" ? "td" : "th", cell)))
    return made
  }
  const made = document.createElement("table")
  made.append(line(head, "th"), ...body.map((cells) => line(cells, "td")))
  const some = rows > MOST.rows || columns > MOST.columns
  return some ? [element("p", text.some), made] : [made]
}

// What an axis counts, though a score may not write it beside it; empty where nobody said.
function title(layout, trace, letter) {
  return plainText(layout.meta?.[letter] ?? layout[trace[`${letter}axis`].replace(letter, `${letter}axis`)].title?.text)
}

const worded = (word, value) => `${plainText(word)} (${written(value)})`

// As many of these as there may be, evenly spread, the first and the last among them.
function evenly(items, most) {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))])
}

// Words of a picture without their marks for bold or what stands below the line.
function plainText(words = "") {
  return String(words).replace(/<br>/g, " ").replace(/<[^>]*>/g, "").trim()
}

const written = (value) => (typeof value === "number" ? digits(value, 4) || "\u2013" : value == null ? "\u2013" : plainText(value))
