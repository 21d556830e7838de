"""Ready races: questions of the textbooks that networks answer while one looks on."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rnnviz.cells import CELLS
from rnnviz.language import N_, Message, Text, sentences
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.standing import answers
from rnnviz.tasks import TASKS

USUAL = ({"cell": "gru"}, {"cell": "lstm"})
"""The usual cells, beside the plain one."""


@dataclass(frozen=True)
class Ready:
    """A race that is one click away. label: on its button. watch: what to look for, before anything has happened.
    answers: what says afterwards how that turned out.

    first: settings of the first network, where they are not those that suit the task; others: in which settings each
    of the others differs from it. steps: how many training steps are enough to say what happened.
    """

    label: Message
    watch: Message
    answers: Sequence[Callable[[Sequence[Scene]], Text]]
    steps: int
    first: Mapping[str, Any]
    others: Sequence[Mapping[str, Any]] = field(default=USUAL)

    @property
    def settings(self) -> dict[str, Any]:
        """All settings of the first network."""
        return {**Experiment.DEFAULTS, **TASKS[self.first["task"]].suggested, **self.first}

    def answer(self, scenes: Sequence[Scene]) -> Text:
        """Return what there is to say to what was asked, of the scenes of `Scene.lanes`."""
        return sentences(answers.circumstances(scenes), *(answer(scenes) for answer in self.answers))

    def is_on(self, experiments: Sequence[Experiment]) -> bool:
        """Say whether these networks run it, from whatever seed."""
        settings: dict[str, Any] = {**self.settings, "seed": experiments[0].seed}
        first = Experiment(**settings)
        return tuple(experiments) == (first, *(dataclasses.replace(first, **differs) for differs in self.others))


RECALL = {
    10: N_("Nine words stand between the country and the question: who remembers it, and after how many steps?"),
    50: N_(
        "Forty-nine words stand between: who gets more answers right than by guessing, 0.25, and when does it begin?"
    ),
    200: N_(
        "The gradient has 200 steps to come back over: does any of them get more answers right than by guessing, 0.25?"
    ),
}
"""By distance: what to watch where a word is to be remembered."""
REMEMBERS = (answers.right, answers.begun)
"""What says who remembers a word, and from when on."""
READY = {
    **{
        f"recall_{distance}": Ready(
            N_("Recall at distance {distance}", distance=distance),
            watch,
            REMEMBERS,
            300 if distance == 10 else 1500,
            {"task": "recall", "seq_len": distance + 1},
        )
        for distance, watch in RECALL.items()
    },
    "airline": Ready(
        N_("Airline passengers"),
        N_("Twelve months are all that is read at once: does a gate help with so little to remember?"),
        (answers.gates,),
        500,
        {"task": "airline"},
    ),
    "sine": Ready(
        N_("Sine wave"),
        N_("A few values say the next: do all three learn it, and do three or four times the parameters help?"),
        (answers.begun, answers.sizes),
        100,
        {"task": "sine"},
    ),
    "forget_bias": Ready(
        N_("Forget-gate bias -2, 0, 2"),
        N_(
            "At the start the forget gate keeps about an eighth of c_t from step to step, a half of it, or seven "
            "eighths: who remembers a word for 30 steps, and when?"
        ),
        REMEMBERS,
        1500,
        {"task": "recall", "seq_len": 31, "cell": "lstm", "forget_bias": -2.0},
        ({"forget_bias": 0.0}, {"forget_bias": 2.0}),
    ),
    "clipping": Ready(
        N_("Clipping on and off"),
        N_(
            "W_hh starts at spectral radius 1.5, where gradients may explode: whose loss leaps, and does either come "
            "below 0.167, the error of always answering 1?"
        ),
        (answers.leaps, answers.begun),
        500,
        {"task": "adding", "seq_len": 30, "initialisation": "spectral", "spectral_radius": 1.5},
        ({"clip_norm": 0.0},),
    ),
    "kinds": Ready(
        N_("Kinds of {lstm} and {gru}", lstm=CELLS["lstm"].label, gru=CELLS["gru"].label),
        N_(
            "Gates that see the cell state, one gate in place of two, gates that see the input alone: who remembers a "
            "word for 30 steps, and when?"
        ),
        REMEMBERS,
        1500,
        {"task": "recall", "seq_len": 31, "cell": "lstm"},
        ({"cell": "peephole"}, {"cell": "coupled"}, {"cell": "mingru"}),
    ),
    "identity": Ready(
        N_("Identity relu against {lstm}", lstm=CELLS["lstm"].label),
        N_(
            "Length, sizes and first W_hh are those of Le, Jaitly and Hinton (2015); Adam, clipped at 1, stands for "
            "their SGD, which takes longer. Who comes below 0.167, the error of always answering 1, and when?"
        ),
        (answers.begun,),
        1500,
        {
            "task": "adding",
            "seq_len": 150,
            "batch_size": 16,
            "hidden_size": 100,
            "learning_rate": 0.001,
            "nonlinearity": "relu",
            "initialisation": "identity",
        },
        ({"cell": "lstm", "initialisation": "default", "nonlinearity": "tanh", "forget_bias": 1.0},),
    ),
}
"""By name. All were run for so many steps before what to watch was written: it asks, and promises nothing."""
