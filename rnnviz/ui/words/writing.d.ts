// What writing.py sends to writing.js.

import type { LiveData, LiveFrame } from "../live/live.d.ts"

export interface WritingData extends LiveData {
  /** tells one vocabulary from another */
  vocabulary: string
}

export interface Written {
  step: number
  prompt: string
  line: string | null
  /** by place among the likeliest: what was read with that token after it, and how the token is shown */
  next: string[]
  names: string[]
  note: string
}

export interface WritingFrame extends LiveFrame {
  writing?: Written
}
