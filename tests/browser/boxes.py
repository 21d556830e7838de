"""Where the texts of the pictures stand: which of them overlap, and which stick out of their picture."""

from playwright.sync_api import Page

# A text is the box around its letters, turned as they are: what of a line's height no letter fills is left off. A node
# of the graph is a box too, which no text but its own may touch. Boxes overlap unless a side of one of them has the
# other wholly beyond it.
_BOXES = """
const LINE = 0.2 // of a line's height, above and below
const boxes = () => {
  const drawn = "[data-picture] text, svg.graph text, svg.graph .box"
  return [...document.querySelectorAll(drawn)].filter(seen).map((part) => {
    const whole = part.closest("[data-picture]") ?? part.ownerSVGElement
    const owner = part.closest("[data-node]")
    const { x, y, width, height } = part.getBBox()
    const slack = part.tagName === "text" ? height * LINE : 0
    const turned = part.getScreenCTM()
    const corners = [[x, y + slack], [x + width, y + slack], [x + width, y + height - slack], [x, y + height - slack]]
    const words = part.tagName === "text" ? `"${part.textContent.trim()}"` : "box"
    const kind = owner?.dataset.node ?? part.closest("[class]").classList[0]
    return {
      whole,
      owner,
      text: part.tagName === "text",
      name: `${whole.dataset.picture ?? "graph"}: ${kind} ${words}`,
      corners: corners.map(([x, y]) => new DOMPoint(x, y).matrixTransform(turned)),
    }
  })
}
const seen = (part) => {
  const { width, height } = part.getBoundingClientRect()
  const empty = part.tagName === "text" && !part.textContent.trim()
  return !empty && width && height && part.checkVisibility({ opacityProperty: true, visibilityProperty: true })
}
const beyond = (a, b) => a.some((corner, i) => {
  const next = a[(i + 1) % 4] // clockwise, so that this points away from the box:
  const away = [next.y - corner.y, corner.x - next.x]
  return b.every(({ x, y }) => (x - corner.x) * away[0] + (y - corner.y) * away[1] >= 0)
})
const overlap = (a, b) => !beyond(a.corners, b.corners) && !beyond(b.corners, a.corners)
"""

_COLLISIONS = """
() => {
  const all = boxes()
  const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b]))
  const apart = ([a, b]) => a.text && b.text || (a.text || b.text) && a.owner !== b.owner
  return pairs.filter((pair) => apart(pair) && overlap(...pair)).map(([a, b]) => [a.name, b.name])
}
"""

_CUT = """
() => boxes().filter(({ whole, corners }) => {
  const { left, right, top, bottom } = whole.getBoundingClientRect()
  const [from, to] = [Math.max(left, 0), Math.min(right, innerWidth)]
  return corners.some(({ x, y }) => x < from - 1 || x > to + 1 || y < top - 1 || y > bottom + 1)
}).map(({ name }) => name)
"""


def collisions(page: Page) -> list[list[str]]:
    """Return each pair of texts of the pictures that overlap: labels of axes, legends, names and values of nodes."""
    return page.evaluate(f"() => {{ {_BOXES} return ({_COLLISIONS})() }}")


def cut(page: Page) -> list[str]:
    """Return what sticks out of its picture, or sideways out of the window."""
    return page.evaluate(f"() => {{ {_BOXES} return ({_CUT})() }}")
