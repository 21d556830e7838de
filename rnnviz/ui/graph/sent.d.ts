// What page.py sends to unrolled.js, and what its modules hand to one another.

import type { Feed, Frame, Numeric, Words } from "../live/sent.d.ts"

export type Kind = "x" | "h" | "h_0" | "y" | "loss" | "ctx"
/** layer, direction, time step and unit, all from 0; and 1 of an encoder */
export type Opened = [layer: number, direction: number, step: number, unit: number, encoder?: 1]

/** What is drawn and said of a network: described.py. */
export interface Described {
  /** of which network, as every frame says of itself */
  key: string
  graph: {
    /** layer counts from 1, 0 is none; row from below */
    nodes: [kind: Kind, layer: number, direction: number, step: number, row: number, encoder?: 1][]
    /** source and target are positions among the nodes */
    edges: [source: number, target: number, matrix: string, layer: number, direction: number][]
    steps: number
    layers: number
    directions: number
    rows: number
    /** the rows of cells */
    middle: number[]
    /** the same of the encoder, of a network of two parts */
    source?: Part | null
  }
  /** how many numbers the vectors of a node have, by the names of its values */
  units: Record<string, number> & { h: number }
  /** how many of them are drawn at most */
  marks: number
  cell: string
  /** what a cell hands on to the next step: h, and c where there is one */
  states: string[]
  /** by "layer-direction", from 0, of an encoder's cells "encoder-layer-direction"; mathematics as MathML */
  equations: Record<string, { name: string; does: string; letters: string; numbers: string }[]>
  vectors: Record<string, [name: string, mathematics: string][]>
  /** nothing without attention */
  attention: { name: string; does: string; letters: string; numbers: string }[]
  wiring: Wiring
  /** how a block of weights is called where that is not its own name */
  called: Record<string, string>
  standardised: boolean
  text: Texts
}

export interface Data extends Feed, Described {
  /** whether it is the lessons' example, which has shapes and no values */
  example: boolean
  shapes: Record<string, { letters: string[]; sizes: number[] }>
  parameters: [what: string, formula: string, count: number][]
  changed: string
  glossary: Words
}

/** An encoder, or what is not one: its own steps, directions, and rows of cells. */
export interface Part {
  steps: number
  directions: number
  middle: number[]
}

/** A cell's diagram: boxes are functions, rounds operations by element; each value stands where it flows. */
export interface Wiring {
  size: [width: number, height: number]
  wires: string[]
  rounds: [text: string, x: number, y: number][]
  boxes: [text: string, x: number, y: number, below?: string][]
  weights?: [below: string, x: number, y: number][]
  values: [name: string, text: string, x: number, y: number][]
}

/** TEXT of page.py, and what is said by kind of node, direction and matrix. */
export type Texts = Record<string, string> & {
  forward: Words
  backward: Words
  where: string[]
  encoded: string[]
  matrices: Words
}

export interface GraphFrame extends Frame {
  step: number
  values?: Record<string, Numeric>
  /** of each time step the word that is read, and the one that is said, "" for none; nothing where it is numbers */
  said?: Record<string, string[]>
  inside?: (Record<string, Numeric> & { opened: Opened }) | null
}

/** What stave.py adds to a frame of the bench; network: where the browser knows another, or none. */
export interface StaveFrame extends Pick<GraphFrame, "step" | "values" | "said" | "inside"> {
  key: string
  network?: Described
}

/** TEXT of stave.py. */
export type StaveWords = Record<"title" | "fold" | "unfold" | "help", string>

export interface Node {
  kind: Kind
  layer: number
  direction: number
  step: number
  row: number
  id: string
  encoder: boolean
}

export interface Edge {
  source: Node
  target: Node
  matrix: string
  layer: number
  direction: number
  /** whether something stands between its ends */
  around: boolean
}

/** What a frame says, its numbers unpacked. */
export interface Reading {
  step: number
  values: Record<string, Numeric>
  said: NonNullable<GraphFrame["said"]>
  inside: Inside | null
  /** of every kind of vector, the number that is coloured most */
  scale: Record<string, number>
  /** of the norms that flow back: the largest, and how many powers of ten are told apart */
  range: { largest: number; decades: number }
}

/** Inside the opened cell. */
export interface Inside {
  opened: Opened
  arrays: Record<string, Numeric>
}

export interface Point {
  x: number
  y: number
}

/** Where a text may stand. */
export interface Spot extends Point {
  anchor: "start" | "middle" | "end"
}
