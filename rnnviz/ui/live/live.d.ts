// What board.py sends to live.js, and what both use of plotly.js.

import type { Feed, Frame, Words } from "./sent.d.ts"

export interface LiveData extends Feed {
  /** where plotly.js is */
  plotly: string
  glossary: Words
  /** VALUES of board.py */
  text: Words
  pictures: { name: string; title: string; alt: string; share: number | null; hidden: boolean }[]
  /** of each number: its label, and what it is */
  readouts: Record<string, [string, string]>
  /** whether a frame a second will do while nobody sees it */
  waits: boolean
  /** whether what is looked into is at the cursor's time step, once that is pinned */
  follows: boolean
}

export interface LiveFrame extends Frame {
  hidden: string[]
  /** by picture: what it is drawn from, once */
  figures?: Record<string, { data: object[]; layout: Layout; caption: string | null; sentence: string }>
  /** by picture and trace: the attributes that changed */
  arrays?: Record<string, Record<string, unknown>[]>
}

export interface Layout {
  height?: number
  legend?: object
  [attribute: string]: unknown
}

/** A trace as plotly.js keeps it. */
export interface Trace {
  type: string
  visible: boolean | string
  hoverinfo: string
  showlegend: boolean
  xaxis: string
  yaxis: string
  x?: ArrayLike<number | string>
  y?: ArrayLike<number | string>
  z?: ArrayLike<ArrayLike<number>>
  text?: unknown
  name: string
  uid: string
  /** how it is read out at a time step: see cursor.py */
  meta?: { read: string; how: "value" | "span" | "most"; values?: string }
  _input: { name?: string }
}

/** An axis as plotly.js keeps it: pixels from its start to what it counts, and back. */
export interface Axis {
  _offset: number
  _length: number
  p2l(pixels: number): number
  l2p(place: number): number
}

export type FullLayout = {
  meta?: {
    x?: string
    y?: string
    places?: { x?: string[]; y?: string[] }
    /** by the axis that counts time steps: of which axis of time, and how many */
    time?: Record<string, [axis: string, steps: number]>
  }
  // deno-lint-ignore no-explicit-any -- an axis of any name
  [axis: string]: any
}

/** An element that plotly.js has drawn in. */
export interface Plot extends HTMLElement {
  // deno-lint-ignore no-explicit-any -- a trace's attributes, as they were given
  data?: Record<string, any>[]
  layout?: Layout
  _fullData: Trace[]
  _fullLayout: FullLayout
  on(event: string, hear: () => void): void
  emit(event: string): void
}

interface PlotlyScript {
  react(plot: HTMLElement, data: object[], layout: object, config?: object): Promise<unknown>
  restyle(plot: HTMLElement, update: object, traces: number[]): Promise<unknown>
  animate(plot: HTMLElement, frame: { data: object[] }, how: object): Promise<unknown>
  purge(plot: HTMLElement): void
  downloadImage(plot: HTMLElement, options: object): Promise<unknown>
  Plots: { resize(plot: HTMLElement): void }
  PlotSchema: { findArrayAttributes(trace: Trace): string[] }
}

declare global {
  var Plotly: PlotlyScript // there once it is loaded
}
