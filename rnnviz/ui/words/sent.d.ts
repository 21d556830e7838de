// What reading.py sends to words.js, and what its modules hand to one another.

import type { LiveData, LiveFrame } from "../live/live.d.ts"
import type { Numeric } from "../live/sent.d.ts"

export interface WordsData extends LiveData {
  task: string
  /** words to choose another one from */
  vocabulary: string[]
  /** characters of a text that are taken */
  longest: number
}

export interface WordsFrame extends LiveFrame {
  reading?: Reading
}

export interface Reading {
  /** what a value is called */
  name: string
  scale: Scale
  legend: string
  /** whether it is a text of the visitor's own */
  own: boolean
  rows: Row[]
}

/** How values become colours: `most` has the full one; `decades` of powers of ten fade, 0 for in proportion. */
export interface Scale {
  signed: boolean
  decades: number
  most: number
}

export interface Row {
  words: string[]
  kinds: ("word" | "padding" | "unknown" | "nothing")[]
  values: Numeric
  /** the likeliest answer after each word, and how probable it is */
  after: string[]
  shares: Numeric
  /** after which step the answer is judged */
  at: number
  /** which words are others than in the other text */
  changed: number[]
  answer: string
  note: string
}

/** What is to be read: see Typed in frames.py. */
export interface Typed {
  text: string | null
  at: number | null
  word: string | null
  step: number | null
}
