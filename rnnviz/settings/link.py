"""What a link may say beside Experiment and View: at which moment and time step the page opens, and which controls it
has."""

from collections.abc import Iterable
from dataclasses import dataclass

from rnnviz.language import N_, Message, Text
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.setting import Names, Number, Settings, Switch, setting
from rnnviz.settings.view import View

LATEST = 100_000
"""The latest training step a link may open at."""

NETWORK = ("cell", "nonlinearity", "embedding_size", "hidden_size", "num_layers", "bidirectional")
SEQUENCE = ("seq_len", "batch_size", "loss_at", "carry_state", "truncation")
BUTTONS = {
    "play": N_("Play and Pause"),
    "step": N_("Step"),
    "reset": N_("Reset"),
    "new_seed": N_("New seed"),
    "share": N_("Share this view"),
}
GROUPS: dict[str, tuple[Message, tuple[str, ...]]] = {
    "network": (N_("Network: all of it"), NETWORK),
    "sequence": (N_("Sequence: all of it"), SEQUENCE),
    "training": (
        N_("Training: all of it"),
        tuple(name for name in Experiment.SETTINGS if name not in ("task", *NETWORK, *SEQUENCE)),
    ),
    "transport": (N_("All buttons, and the speed"), (*BUTTONS, "speed")),
    "pictures": (
        N_("What the pictures show: all of it"),
        tuple(name for name in View.SETTINGS if name not in ("speed", "projector")),
    ),
}
"""Controls that a link may name together: what is said of them, and their names. The task stands alone."""
CONTROLS: dict[str, Text] = {
    **{name: words for name, (words, _names) in GROUPS.items()},
    **BUTTONS,
    **{name: s.label for name, s in (Experiment.SETTINGS | View.SETTINGS).items() if name != "projector"},
}
"""Every name that a link may hide or lock, and the words for it."""


@dataclass(frozen=True, kw_only=True)
class Link(Settings):
    """How a page opens for whoever follows a link, and what it lets them change."""

    playing: bool = setting(
        True, Switch(label=N_("Playing"), help=N_("Whether training goes on by itself once the page is open."))
    )
    at: int = setting(
        0,
        Number(
            label=N_("Opens at training step"),
            help=N_(
                "The network is trained to this step first, as fast as it goes: up to a thousand steps a second if it "
                "is small, a few if it is large, fewer on a busy server. The same link gives the same numbers."
            ),
            least=0,
            most=LATEST,
            whole=True,
        ),
    )
    t: int = setting(
        0,
        Number(
            label=N_("Cursor at time step"),
            help=N_("The time step that is marked on all pictures; 0 is none."),
            least=0,
            most=500,
            whole=True,
        ),
    )
    hide: tuple[str, ...] = setting(
        (),
        Names(
            label=N_("Hidden controls"),
            help=N_("These are not on the page; their settings stay as the link has them."),
            options=CONTROLS,
        ),
    )
    lock: tuple[str, ...] = setting(
        (),
        Names(
            label=N_("Locked controls"),
            help=N_("These are on the page, but can't be used."),
            options=CONTROLS,
        ),
    )

    def hides(self, *controls: str) -> bool:
        """Say whether one of these controls, or of those that this one moves, is not to be shown."""
        return not _single(self.hide).isdisjoint(controls)

    def locks(self, *controls: str) -> bool:
        """Say whether one of these controls, or of those that this one moves, is shown but can't be used."""
        return not _single(self.lock).isdisjoint(controls)


def _single(names: Iterable[str]) -> set[str]:
    """Take groups apart."""
    return {control for name in names for control in (GROUPS[name][1] if name in GROUPS else (name,))}
