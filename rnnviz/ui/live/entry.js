// What Streamlit itself runs of every component: a text, which knows no address. The module's comes with the data.

/** @import { Component } from "./sent.d.ts" */

/** @type {Map<string, string>} by component: where its module was */
const loaded = new Map()

/** @param {Component<{ script: string }>} component */
export default async function ({ name, data, ...rest }) {
  const address = new URL(data.script, document.baseURI).href
  if ((loaded.get(name) ?? address) !== address) return location.reload() // a new server, which has other scripts
  loaded.set(name, address)
  const { default: show } = await import(address)
  return show({ name, data, ...rest })
}
