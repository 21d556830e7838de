"""The gated recurrent unit, in torch's form, where r_t resets W_hn h_(t-1) + b_hn."""

from rnnviz.cells.cell import Cell, Step, Sum, Wiring
from rnnviz.language import N_

CELL = Cell(
    name="gru",
    label="GRU",
    help=N_("Two gates: one decides how much of the old state stays, so that a gradient can pass many steps unharmed."),
    source="Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, arXiv:1406.1078",
    torch="GRU",
    equations=(
        Sum(
            name="r",
            function="sigmoid",
            gate=N_("reset gate"),
            does=N_("reset gate: how much of the memory the new state sees"),
        ),
        Sum(
            name="z",
            function="sigmoid",
            gate=N_("update gate"),
            does=N_("update gate: how much of the old state stays"),
        ),
        Sum(name="m", reads="h", rows="n", does=N_("what the old state contributes")),
        Sum(
            name="n",
            function="tanh",
            reads="x",
            more="r * m",
            gate=N_("new state"),
            does=N_("the new state, as proposed"),
        ),
        Step(name="h", expression="(1 - z) * n + z * h_before", does=N_("the new hidden state")),
    ),
    keeps="z",
    proposes="n",
    wiring=Wiring(
        size=(640, 300),
        wires=(
            *("M30 50 H264", "M296 50 H434", "M466 50 H610", "M60 50 V260 H500", "M30 260 H60", "M170 260 V223"),
            *("M170 187 V146", "M60 130 H154", "M186 130 H390 V187", "M280 260 V223", "M280 187 V66", "M280 100 H434"),
            *("M390 260 V223", "M416 205 H450 V116", "M450 84 V66"),
        ),
        rounds=(("×", 170, 130), ("×", 280, 50), ("×", 450, 100), ("+", 450, 50)),
        boxes=(("σ", 170, 205), ("σ", 280, 205), ("tanh", 390, 205), ("1−", 365, 100), ("W", 98, 130, "hn")),
        values=(
            ("h_before", "h_{t-1}", 60, 28),
            ("x", "x", 42, 282),
            ("r", "r_t", 128, 170),
            ("z", "z_t", 238, 170),
            ("n", "n_t", 488, 170),
            ("m", "m_t", 148, 94),
            ("h", "h_t", 580, 28),
        ),
    ),
)
