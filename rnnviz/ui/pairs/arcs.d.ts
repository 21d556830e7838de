// What arcs.py sends to arcs.js, and what its modules hand to one another.

import type { LiveData, LiveFrame } from "../live/live.d.ts"
import type { Numeric, Words } from "../live/sent.d.ts"

export interface ArcsData extends LiveData {
  task: string
  /** what of its sources may be typed */
  asks: string
  /** whether the encoder reads both ways */
  both: boolean
  attention: "none" | "additive" | "dot"
  /** behind a weight: see behind.py */
  equations: { name: string; does: string; letters: string; numbers: string }[]
  /** characters of a source that are taken */
  longest: number
}

export interface ArcsFrame extends LiveFrame {
  pairs?: Decoded
}

export interface Decoded {
  /** whether the source is the visitor's own */
  own: boolean
  source: string[]
  /** y_(t-1) at each step */
  read: string[]
  written: Output
  /** the same without a hand on attention, if there is one */
  untouched: Output | null
  right: string[] | null
  verdict: string
  note: string
  sums: Sums | null
}

export interface Output {
  tokens: string[]
  /** each token's probability, (T,) */
  p: Numeric
  /** (T, S) */
  weights: Numeric | null
  wrong: boolean[]
  /** which are others than in the other output */
  changed: boolean[]
}

/** See Sums in snapshot/pairs.py. */
export interface Sums {
  step: number
  at: number
  products: Numeric
  query: Numeric
  key: Numeric
  scores: Numeric
  weights: Numeric
  context: Numeric
}

/** A token of the picture, counted from 0. */
export interface Place {
  side: "source" | "target"
  at: number
}

/** A weight of attention: target step and source step, counted from 0. */
export interface Weight {
  t: number
  s: number
}

/** See Touch in snapshot/pairs.py. */
export interface Touch {
  at: number
  to: number | null
  step: number | null
}

/** What is drawn: see reading.js. */
export interface Reading extends Omit<Decoded, "written"> {
  T: number
  S: number
  written: Output
  p: ArrayLike<number>
  weights: ArrayLike<number> | null
}

/** What picture.js is built for: see layout.js. */
export interface Sizes {
  /** how many letters each source token has */
  sources: number[]
  steps: number
  /** of the widest token that is written */
  letters: number
  /** pixels there are */
  room: number
  looks: boolean
  touched: boolean
}

export type { Words }
