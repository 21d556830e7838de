// The life of a component: made when it comes onto the page, updated at every rerun of the script and change of theme,
// closed when it leaves.

/** @import { Component, View } from "./sent.d.ts" */

/**
 * Returns what Streamlit calls at every rerun; it hands back what ends the component.
 * @template Data
 * @param {(root: HTMLElement, data: Data) => View<Data>} make
 */
export function mounts(make) {
  /** @type {WeakMap<HTMLElement, View<Data>>} */
  const views = new WeakMap()
  return (/** @type {Component<Data>} */ component) => {
    const { parentElement, data } = component
    const view = views.get(parentElement) ?? make(parentElement, data)
    views.set(parentElement, view)
    view.update(component)
    return () => {
      if (parentElement.isConnected) return // only this call was overtaken by the next, while the script was loaded
      view.close()
      views.delete(parentElement)
    }
  }
}
