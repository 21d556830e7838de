// What standing.py sends to standing.js.

import type { LiveData } from "../live/live.d.ts"

export interface StandingData extends LiveData {
  /** the networks there may be: each one's letter, and how it is drawn */
  lanes: { name: string; sign: string; colour: string }[]
}
