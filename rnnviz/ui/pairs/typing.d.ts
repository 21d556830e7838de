// What both panels that read a typed source are told of it.

import type { Words } from "../live/sent.d.ts"

export interface TypingData {
  task: string
  /** what of its sources may be typed */
  asks: string
  /** characters of a source that are taken */
  longest: number
  text: Words
}
