// What readout.py sends to readout.js.

import type { Words } from "../live/sent.d.ts"

export interface ReadoutData {
  /** TEXT of readout.py */
  text: Words
}
