// What scrubber.py sends to scrubber.js.

export interface ScrubberData {
  /** TEXT of scrubber.py, and what is kept */
  text: Record<
    "label" | "at" | "play" | "stop" | "pin" | "loose" | "now" | "back" | "about" | "kept",
    string
  >
}
