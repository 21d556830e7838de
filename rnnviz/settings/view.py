"""How a visitor watches: what the pictures show and how fast it goes. Nothing here changes a number."""

from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.cells.cell import STATES
from rnnviz.language import N_
from rnnviz.settings.setting import Choice, Number, Phrase, Settings, Switch, setting

SHOWN = STATES | {name: called for cell in CELLS.values() for name, called in cell.states_shown.items()}
"""All that can be seen of any cell at every step, and what it is called."""


@dataclass(frozen=True, kw_only=True)
class View(Settings):
    """What is shown, and at what speed; like an Experiment, it lives in the URL."""

    speed: str = setting(
        "20",
        Choice(
            label=N_("Speed"),
            help=N_("Training steps per second; max is as fast as it goes."),
            options={
                "1": "1",
                "2": "2",
                "5": "5",
                "10": "10",
                "20": "20",
                "50": "50",
                "100": "100",
                "200": "200",
                "500": "500",
                "max": N_("max"),
            },
        ),
    )
    states: str = setting(
        "h",
        Choice(
            label=N_("States"),
            help=N_("Which of the cell's quantities the heat map shows: h_t, a gate, or c_t where there is one."),
            options=SHOWN,
            symbols=True,
        ),
    )
    scale: str = setting(
        "fixed",
        Choice(
            label=N_("Colour scale"),
            help=N_(
                "Fixed: colours span -1 to 1. Per layer: they span the largest value shown. Per unit: each row has "
                "its own span, so that a faint unit can be seen, but rows can't be compared."
            ),
            options={"unit": N_("Per unit"), "layer": N_("Per layer"), "fixed": N_("Fixed [-1, 1]")},
        ),
    )
    layer: int = setting(
        1,
        Number(
            label=N_("Layer"),
            help=N_("Which layer the picture of the states, or the lab, shows."),
            least=1,
            most=4,
            whole=True,
        ),
    )
    direction: str = setting(
        "forward",
        Choice(
            label=N_("Direction"),
            help=N_("Which of a bidirectional network's two passes the heat map shows."),
            options={"forward": N_("Forward"), "backward": N_("Backward")},
        ),
    )
    jacobian: int = setting(
        2,
        Number(
            label=N_("Jacobian at time step"),
            help=N_("At which time step the gradient lab shows the factor dh_t/dh_(t-1) as a matrix."),
            least=2,
            most=500,
            whole=True,
        ),
    )
    beyond: int = setting(
        24,
        Number(
            label=N_("Forecast beyond the data"),
            help=N_(
                "For how many steps the forecast goes on after the series' last value, fed with its own y_t. There is "
                "nothing to compare these with."
            ),
            least=0,
            most=200,
            whole=True,
        ),
    )
    tint: str = setting(
        "importance",
        Choice(
            label=N_("Colour of the words"),
            help=N_(
                "What colours each word. Importance: by how much it moves the answer, to first order. Norm of dL/dx_t: "
                "how much of the gradient reaches it, which tells its position more than its meaning."
            ),
            options={
                "importance": N_("Importance for the answer"),
                "norm": N_("Norm of dL/dx_t: position more than meaning"),
                "unit": N_("Value of a unit, h_t"),
                "share": N_("What h_T still keeps, dh_T/dh_t"),
                "surprise": N_("Surprise, -log p"),
            },
        ),
    )
    unit: int = setting(
        1,
        Number(
            label=N_("Unit"),
            help=N_("Whose value of h_t colours the words."),
            least=1,
            most=128,
            whole=True,
        ),
    )
    temperature: float = setting(
        0.7,
        Number(
            label=N_("Temperature"),
            help=N_(
                "What the network's y_t are divided by before the softmax by which a token is drawn: low is careful, "
                "1 is as it was trained, high is wild. At 0 the likeliest is taken."
            ),
            least=0.0,
            most=2.0,
        ),
    )
    top_k: int = setting(
        0,
        Number(
            label=N_("Only the k likeliest"),
            help=N_("From how many tokens, the likeliest, the next is drawn; 0 is all of them."),
            least=0,
            most=50,
            whole=True,
        ),
    )
    beam: int = setting(
        8,
        Number(
            label=N_("Beam width"),
            help=N_(
                "How many branches beam search keeps at each step; with one it is greedy decoding. Textbooks advise 8 "
                "to 12."
            ),
            least=1,
            most=12,
            whole=True,
        ),
    )
    normalised: bool = setting(
        False,
        Switch(
            label=N_("Length normalisation"),
            help=N_(
                "Orders the outputs of beam search by the mean log-probability of a token instead of the sum, which "
                "each further token lowers."
            ),
        ),
    )
    word: str = setting(
        "",
        Phrase(
            label=N_("Nearest words of"),
            help=N_("A word of the vocabulary; none is the last one of the sequence that is looked at."),
            most=60,
        ),
    )
    goal: float = setting(
        0.0,
        Number(
            label=N_("Loss to reach"),
            help=N_(
                "The validation loss to which the training steps and seconds of each network of a race are counted. 0 "
                "leaves it to the task: the loss at which a network is called healthy."
            ),
            least=0.0,
            most=100.0,
            zero=N_("healthy"),
        ),
    )
    projector: bool = setting(
        False,
        Switch(
            label=N_("For a projector"),
            help=N_("Large text and thick lines, and the settings at the side are folded away."),
        ),
    )
