// What tree.py sends to tree.js, and what its modules hand to one another.

import type { LiveData, LiveFrame } from "../live/live.d.ts"

export interface TreeData extends LiveData {
  task: string
  /** what of its sources may be typed */
  asks: string
  /** characters of a source that are taken */
  longest: number
}

export interface TreeFrame extends LiveFrame {
  tree?: Drawn
  found?: Found
}

/** A branch: a token with all before it. */
export interface Branch {
  /** the branch it goes on from, -1 for the first */
  parent: number
  /** time step and row, counted from 0 */
  step: number
  row: number
  token: number
  name: string
  /** log-probabilities: of its token, and of all up to it */
  own: number
  total: number
  kept: boolean
  ended: boolean
  forced: boolean
  greedy: boolean
  best: boolean
}

export interface Drawn {
  /** how many branches are kept, at how many steps */
  beam: number
  steps: number
  rows: number
  branches: Branch[]
  /** at which step greedy and beam part, counted from 0 */
  parts: number | null
  outputs: { text: string; total: string; mean: string; notes: string }[]
  /** where the two part, and which is right */
  parting: string
  /** what was not read */
  note: string
}

export interface Found {
  sentence: string
  /** as they may be typed */
  sources: string[]
}
