// What the server and Streamlit send to every component: the shapes of it, for the checks alone.

export interface Component<Data> {
  name: string
  parentElement: HTMLElement
  data: Data
  setTriggerValue(name: string, value: string | number): void
}

/** A view of a component's data: made once, updated at every rerun of the script, closed when the page is left. */
export interface View<Data> {
  update(component: Component<Data>): void
  close(): void
}

export type Words = Record<string, string>

/** Of a run, from frames.py: where its frames come from, and what is said of the connection. */
export interface Feed {
  socket: string
  server: string
  /** milliseconds from one frame to the next */
  interval: number
  stopped: boolean
  /** whether a second moment is seen in what it draws */
  ghosts?: boolean
  words: { lost: string; waiting: string; restarted: string; anew: string }
}

/** An array as the header of a message has it, from wire.py; at: where its bytes begin, from the header's end. */
export interface Packed {
  dtype: "i1" | "u1" | "i2" | "u2" | "i4" | "u4" | "f4" | "f8"
  shape: number[]
  at: number
}

export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

/** An array as it is read: in C order. */
export interface Numeric {
  data: Numbers
  shape: number[]
}

/** An answer: words alone, or a frame with its number and what it was drawn for. */
export interface Frame {
  words: Words
  seen?: number
  key?: string
  stopped?: boolean
  figures?: unknown
  moment?: Moment
}

/** Of a frame: which training steps can be looked at, rising, the newest last, and the one that it was asked for. */
export interface Moment {
  /** the same until a network begins anew */
  training: string
  at: number | null
  /** a second one that is seen beside it */
  then: number | null
  steps: number[]
  /** which one it shows */
  said: string
  /** how finely they are kept */
  kept: string
}
