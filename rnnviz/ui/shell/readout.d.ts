// What readout.py sends to readout.js.

import type { Words } from "../live/sent.d.ts"

export interface ReadoutData {
  /** TEXT of readout.py */
  text: Words
  /** the time step at which the cursor is pinned, as the address has it; 0 is none */
  t: number
}
