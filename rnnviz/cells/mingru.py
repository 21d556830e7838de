"""The minimal GRU, whose gates do not see the state, so that all its steps can be computed at once."""

from rnnviz.cells.cell import Cell, Step, Sum, Wiring
from rnnviz.language import N_

CELL = Cell(
    name="mingru",
    label="minGRU",
    help=N_(
        "A GRU whose gate and proposal see the input alone: so all time steps can be computed at once, by a parallel "
        "scan, and the gradient meets no matrix on its way back."
    ),
    source="Feng et al., Were RNNs All We Needed?, arXiv:2410.01201",
    equations=(
        Sum(
            name="z",
            function="sigmoid",
            reads="x",
            gate=N_("update gate"),
            does=N_("update gate: how much of the new state is let in"),
        ),
        Sum(name="n", reads="x", gate=N_("new state"), does=N_("the new state, as proposed")),
        Step(name="h", expression="(1 - z) * h_before + z * n", does=N_("the new hidden state")),
    ),
    keeps="1 - z",
    proposes="n",
    wiring=Wiring(
        size=(640, 300),
        wires=(
            *("M30 50 H174", "M206 50 H434", "M466 50 H610", "M30 260 H390", "M280 260 V223", "M280 187 V130"),
            *("M280 130 H216", "M190 112 V66", "M280 130 H434", "M390 260 V223", "M416 205 H450 V146", "M450 114 V66"),
        ),
        rounds=(("×", 190, 50), ("×", 450, 130), ("+", 450, 50)),
        boxes=(("1−", 190, 130), ("σ", 280, 205), ("W", 390, 205, "in")),
        values=(
            ("h_before", "h_{t-1}", 60, 28),
            ("x", "x", 60, 282),
            ("z", "z_t", 318, 170),
            ("n", "n_t", 488, 190),
            ("h", "h_t", 580, 28),
        ),
    ),
)
