"""What to train: the Experiment."""

import dataclasses
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.language import N_
from rnnviz.settings.labels import NO_LABELS, Labels
from rnnviz.settings.own import check
from rnnviz.settings.setting import Choice, Number, Phrase, Settings, Switch, setting


@dataclass(frozen=True, kw_only=True)
class Experiment(Settings):
    """One training run, described completely: the same Experiment gives the same numbers.

    Raises ValueError, naming the field, the value and what is allowed, if a value is out of bounds.
    """

    task: str = setting(
        "sine",
        Choice(
            label=N_("Task"),
            help=N_("What the network has to learn."),
            options={
                "sine": N_("Sine wave, one step ahead"),
                "airline": N_("Airline passengers, 1949-1960"),
                "adding": N_("Adding: sum two marked numbers"),
                "recall": N_("Recall: remember the first word"),
                "square": N_("Square: one number in, one out"),
                "wave": N_("Wave: one number in, a wave out"),
                "reversal": N_("Reversal: say letters backwards"),
                "letters": N_("Letters: the next of your word"),
                "sentence": N_("Sentence: the next word"),
                "order": N_("Order: 从好变坏 or 从坏变好"),
                "languages": N_("Languages: the last country counts"),
                "text": N_("Text: the next character"),
                "reviews": N_("Reviews: a film liked or not"),
                "reverse": N_("Reverse: letters, last one first"),
                "dates": N_("Dates: any form to 2024-03-03"),
                "numbers": N_("Numbers: words to digits"),
                "translate": N_("Translate: English to Chinese"),
                "video": N_("Video: the next 2 x 2 frame"),
                "series": N_("Your own series (CSV)"),
            },
        ),
    )
    cell: str = setting(
        "rnn",
        Choice(
            label=N_("Cell"),
            help=N_(
                "What computes the new state from the old one: a sum and a function, or gates that decide what to keep."
            ),
            options={name: described.label for name, described in CELLS.items()},
        ),
    )
    phrase: str = setting(
        "",
        Phrase(
            label=N_("Your own words"),
            help=N_("What the network is to learn by heart: a word, or a sentence, as the task has it."),
            most=200,
        ),
    )
    vocabulary_size: int = setting(
        5000,
        Number(
            label=N_("Vocabulary"),
            help=N_("How many of the commonest words are told apart; all others are read as one unknown word."),
            least=100,
            most=20_000,
            whole=True,
        ),
    )
    mask_padding: bool = setting(
        False,
        Switch(
            label=N_("Skip the padding"),
            help=N_(
                "Shorter texts of a batch begin with padding. On: the state stays 0 until the first word, as if the "
                "text stood alone. Off: the padding is read like a word."
            ),
        ),
    )
    embedding_size: int = setting(
        0,
        Number(
            label=N_("Embedding size"),
            help=N_(
                "How many numbers stand for each word when the cells read it; they are learned with the rest. 0 is "
                "one-hot: a 1 in the word's own place, and 0 in all others."
            ),
            least=0,
            most=256,
            whole=True,
        ),
    )
    attention: str = setting(
        "none",
        Choice(
            label=N_("Attention"),
            help=N_(
                "How the decoder looks back at the source while it writes: not at all, so that one state has to carry "
                "all of it; by a small network that scores each source state (additive); or by a product of two states "
                "(dot)."
            ),
            options={"none": N_("None"), "additive": N_("Additive"), "dot": N_("Dot")},
        ),
    )
    bidirectional_encoder: bool = setting(
        False,
        Switch(
            label=N_("Encoder reads both ways"),
            help=N_(
                "A second set of cells reads the source backwards, so that each of its states knows both sides. "
                "Without attention nothing would look at it, and there is none."
            ),
        ),
    )
    answer_order: str = setting(
        "backwards",
        Choice(
            label=N_("Order of the answer"),
            help=N_("Whether the letters are to be written from the last to the first, or as they came."),
            options={"backwards": N_("Backwards"), "forwards": N_("Forwards")},
        ),
    )
    nonlinearity: str = setting(
        "tanh",
        Choice(
            label=N_("Activation"),
            help=N_("The function the cell puts around its sum. Gates have functions of their own."),
            options={"tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid"},
        ),
    )
    hidden_size: int = setting(
        32,
        Number(
            label=N_("Hidden size"),
            help=N_("How many numbers (units) the network's memory h_t holds. It is not the number of time steps."),
            least=1,
            most=128,
            whole=True,
        ),
    )
    num_layers: int = setting(
        1,
        Number(
            label=N_("Layers"),
            help=N_("How many cells are stacked: each layer reads the states of the one below as its input."),
            least=1,
            most=4,
            whole=True,
        ),
    )
    bidirectional: bool = setting(
        False,
        Switch(
            label=N_("Bidirectional"),
            help=N_(
                "A second set of cells reads the sequence backwards; the read-out sees both. It can't forecast: it has "
                "read the answer."
            ),
        ),
    )
    seq_len: int = setting(
        20,
        Number(
            label=N_("Sequence length"),
            help=N_(
                "How many time steps the network is unrolled over, and so how far a gradient has to travel. "
                "It leaves the number of parameters alone."
            ),
            least=2,
            most=500,
            whole=True,
        ),
    )
    batch_size: int = setting(
        1,
        Number(
            label=N_("Batch size"),
            help=N_("How many sequences one training step looks at side by side."),
            least=1,
            most=128,
            whole=True,
        ),
    )
    optimizer: str = setting(
        "adam",
        Choice(
            label=N_("Optimizer"),
            help=N_("The rule that turns a gradient into a change of the weights."),
            options={"adam": "Adam", "sgd": "SGD"},
        ),
    )
    learning_rate: float = setting(
        0.01,
        Number(
            label=N_("Learning rate"),
            help=N_("How far each training step moves the weights. Acts on the running network."),
            least=1e-5,
            most=10.0,
            live=True,
        ),
    )
    clip_norm: float = setting(
        0.0,
        Number(
            label=N_("Clip gradient norm at"),
            help=N_(
                "A gradient longer than this is scaled down to this length, against explosions; 0 is off. "
                "Acts on the running network."
            ),
            least=0.0,
            most=100.0,
            zero=N_("off"),
            live=True,
        ),
    )
    truncation: int = setting(
        0,
        Number(
            label=N_("Truncate BPTT after"),
            help=N_(
                "Cut the sequence into windows of this many steps: the state goes on from window to window, the "
                "gradient stops at the cut. 0 is off. It is neither the number of units nor of layers."
            ),
            least=0,
            most=500,
            whole=True,
        ),
    )
    dropout: float = setting(
        0.0,
        Number(
            label=N_("Dropout"),
            help=N_(
                "This part of each layer's inputs is set to 0 while it trains, other ones in every sequence, so that "
                "it learns less by heart. Nothing is left out when it is tested or looked at."
            ),
            least=0.0,
            most=0.9,
        ),
    )
    initialisation: str = setting(
        "default",
        Choice(
            label=N_("Initial weights"),
            help=N_(
                "How W_hh is drawn before training starts. Keras' way also draws W_ih, read-out and embedding its way, "
                "and biases are 0; its forget gates have a bias of 1 besides, which is a setting of its own here."
            ),
            options={
                "default": N_("PyTorch's default"),
                "orthogonal": N_("Orthogonal"),
                "identity": N_("Identity (meant for relu)"),
                "spectral": N_("Chosen spectral radius"),
                "keras": N_("Keras' default"),
            },
        ),
    )
    spectral_radius: float = setting(
        1.0,
        Number(
            label=N_("Spectral radius"),
            help=N_(
                "W_hh is rescaled so that its largest eigenvalue has this absolute value: a linear network's "
                "gradient shrinks below 1 and grows above it. At the start, that is; to move it chooses such "
                "weights, and starts anew."
            ),
            least=0.1,
            most=2.0,
        ),
    )
    forget_bias: float = setting(
        0.0,
        Number(
            label=N_("Forget-gate bias"),
            help=N_("Added to the forget gate's bias at the start: 1 or 2 makes it remember from the first step."),
            least=-5.0,
            most=5.0,
        ),
    )
    loss_at: str = setting(
        "every",
        Choice(
            label=N_("Loss at"),
            help=N_("Whether every time step's answer is marked, or the last step's alone. It changes the gradients."),
            options={"every": N_("Every step"), "last": N_("Last step only")},
        ),
    )
    carry_state: bool = setting(
        True,
        Switch(
            label=N_("Carry the state"),
            help=N_(
                "Start each sequence from the state the one before ended in (its gradient is cut there); off starts "
                "each from zero. Used where sequences follow one another."
            ),
        ),
    )
    difference: bool = setting(
        False,
        Switch(
            label=N_("Learn the change"),
            help=N_(
                "Read and say how much the series changes from one value to the next, instead of the values; the "
                "forecast adds the changes up again. For a series with a trend, whose values leave what was trained on."
            ),
        ),
    )
    seed: int = setting(
        0,
        Number(
            label=N_("Seed"),
            help=N_("The number all random draws grow from: the same seed gives the same weights and data."),
            least=0,
            most=2**31 - 1,
            whole=True,
        ),
    )
    series: tuple[float, ...] = ()
    """The visitor's own values, for the task "series"; a URL carries neither these nor their labels."""
    labels: Labels = NO_LABELS
    """What the visitor's own values are called; it changes no number."""
    corpus: str = ""
    """The visitor's own text, for the task "text"; a URL does not carry it."""

    def __post_init__(self):
        super().__post_init__()
        check(self.series, self.corpus)

    def __repr__(self) -> str:
        """Say what differs from the defaults; of a visitor's data their length alone, since this is what logs hold."""
        told = [f"{name}={getattr(self, name)!r}" for name in self.SETTINGS if name in self.to_query()]
        told += [f"series=<{len(self.series)} values>"] if self.series else []
        told += [f"corpus=<{len(self.corpus)} characters>"] if self.corpus else []
        return f"Experiment({', '.join(told)})"

    @property
    def encoder_directions(self) -> int:
        """In how many directions an encoder reads: 2 only where attention looks at what the second has read."""
        return 1 + (self.bidirectional_encoder and self.attention != "none")

    def same_network(self, other: "Experiment") -> bool:
        """Say whether `other` could go on with this experiment's network: they differ in live settings or labels."""
        live = {name: getattr(other, name) for name, declared in self.SETTINGS.items() if declared.live}
        return dataclasses.replace(self, **live, labels=other.labels) == other
