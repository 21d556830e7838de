// The keyboard's way through the unrolled graph: one of its nodes is a tab stop, and arrows lead from node to node.

class Walk {
  constructor(view) {
    this.view = view
  }

  // The node a key leads to from this one: in its row to the step before or after, or to the first or last; up and down
  // in its column.
  next({ step, row }, key) {
    const nodes = this.view.allNodes
    const inRow = nodes.filter((node) => node.row === row).sort((a, b) => a.step - b.step)
    const inColumn = nodes.filter((node) => node.step === step).sort((a, b) => a.row - b.row)
    return {
      ArrowLeft: () => inRow.findLast((node) => node.step < step),
      ArrowRight: () => inRow.find((node) => node.step > step),
      ArrowUp: () => inColumn.find((node) => node.row > row),
      ArrowDown: () => inColumn.findLast((node) => node.row < row),
      Home: () => inRow[0],
      End: () => inRow.at(-1),
    }[key]?.()
  }

  // Moves the focus there, and shows what was left out or folded away; says whether the key is one of these.
  go(from, key) {
    const { view } = this
    const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]
    if (!keys.includes(key)) return false
    const node = this.next(from, key)
    if (!node) return true
    if (!view.places.has(node.id) || ((view.folded || view.space) && node.step !== view.cursor)) view.go(node.step)
    view.places.get(node.id)?.group.focus()
    return true
  }

  // A node has the focus: it is the graph's tab stop from now on.
  come(node) {
    this.id = node.id
    this.wait()
  }

  // Lets one node wait for the focus: the last that had it, or the state at the time step that is marked.
  wait() {
    const { places, cursor } = this.view
    const id = places.has(this.id) ? this.id : `h-1-0-${cursor}`
    for (const [name, { group }] of places) group.setAttribute("tabindex", name === id ? 0 : -1)
  }
}
