"""The cells' wiring as it is drawn: boxes are functions, rounds operations by element; values stand where they flow."""

from typing import Any

from rnnviz.settings.experiment import Experiment

WIRING: dict[str, dict[str, Any]] = {
    "rnn": {
        "size": [480, 200],
        "wires": ["M30 120 H144", "M160 185 V136", "M176 120 H264", "M316 120 H450", "M380 120 V30"],
        "rounds": [["+", 160, 120]],
        "boxes": [["f", 290, 120]],
        "weights": [["hh", 116, 140], ["ih", 140, 164]],
        "values": [
            ["h_before", "h_{t-1}", 62, 98],
            ["x", "x", 192, 172],
            ["a", "a_t", 222, 98],
            ["h", "h_t", 430, 98],
            ["h", "h_t", 412, 40],
        ],
    },
    "gru": {
        "size": [640, 300],
        "wires": [
            *("M30 50 H264", "M296 50 H434", "M466 50 H610", "M60 50 V260 H500", "M30 260 H60", "M170 260 V223"),
            *("M170 187 V146", "M60 130 H154", "M186 130 H390 V187", "M280 260 V223", "M280 187 V66", "M280 100 H434"),
            *("M390 260 V223", "M416 205 H450 V116", "M450 84 V66"),
        ],
        "rounds": [["×", 170, 130], ["×", 280, 50], ["×", 450, 100], ["+", 450, 50]],
        "boxes": [["σ", 170, 205], ["σ", 280, 205], ["tanh", 390, 205], ["1−", 365, 100], ["W", 98, 130, "hn"]],
        "values": [
            ["h_before", "h_{t-1}", 60, 28],
            ["x", "x", 42, 282],
            ["r", "r_t", 128, 170],
            ["z", "z_t", 238, 170],
            ["n", "n_t", 488, 170],
            ["m", "m_t", 140, 96],
            ["h", "h_t", 580, 28],
        ],
    },
    "lstm": {
        "size": [640, 320],
        "wires": [
            *("M30 50 H144", "M176 50 H304", "M336 50 H610", "M30 280 H520", "M160 280 V243", "M160 207 V66"),
            *("M260 280 V243", "M260 207 V150 H304", "M360 280 V243", "M360 207 V150 H336", "M320 134 V66"),
            *("M480 280 V243", "M480 207 V166", "M480 50 V77", "M480 113 V134", "M496 150 H610"),
        ],
        "rounds": [["×", 160, 50], ["+", 320, 50], ["×", 320, 150], ["×", 480, 150]],
        "boxes": [["σ", 160, 225], ["σ", 260, 225], ["tanh", 360, 225], ["σ", 480, 225], ["tanh", 480, 95]],
        "values": [
            ["c_before", "c_{t-1}", 60, 28],
            ["h_before", "h_{t-1}", 60, 256],
            ["x", "x", 60, 304],
            ["f", "f_t", 122, 180],
            ["i", "i_t", 228, 180],
            ["g", "g_t", 400, 180],
            ["o", "o_t", 524, 190],
            ["c", "c_t", 570, 28],
            ["tanh_c", "tanh c_t", 566, 86],
            ["h", "h_t", 596, 134],
        ],
    },
}
"""By cell: pixels, SVG paths, and [text, x, y]; a box named f is the cell's own nonlinearity."""


def wiring(experiment: Experiment) -> dict[str, Any]:
    """Return the wiring of an experiment's cell, its functions by their names."""
    found = WIRING[experiment.cell]
    boxes = [[experiment.nonlinearity if text == "f" else text, *place] for text, *place in found["boxes"]]
    return found | {"boxes": boxes}
