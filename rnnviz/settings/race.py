"""Races: up to four experiments whose networks train in step, on the same data."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnnviz.language import N_, BadValue, Message, Text, counted, listed
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.setting import Choice, Setting, Settings, setting

LANES = "abcd"
"""The names of the networks of a race, in order; the first is the one that all pages show."""
SHARED = ("task", "phrase", "vocabulary_size", "seq_len", "batch_size", "answer_order", "difference", "loss_at", "seed")
"""Settings of the data: all networks of a race have the same."""
_LANE = re.compile(r"([b-d])\.(\w+)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Terms(Settings):
    """What the networks of a race have in common beside their data."""

    fair: str = setting(
        "width",
        Choice(
            label=N_("Equal"),
            help=N_(
                "What all networks have the same of. Hidden size: at equal width a cell of four sums has four times "
                "the weights of a plain one. Parameters: the others' hidden sizes are chosen so that all learn as many "
                "numbers. Computing time: a quick cell makes more training steps. The data alone: sizes are free."
            ),
            options={
                "width": N_("Hidden size"),
                "parameters": N_("Parameters"),
                "time": N_("Computing time"),
                "own": N_("The data alone"),
            },
        ),
    )

    @property
    def sizes(self) -> bool:
        """Whether they say which hidden sizes the others have; else each has its own."""
        return self.fair in ("width", "parameters")


def shared(experiment: Experiment, first: Experiment) -> Experiment:
    """Return an experiment on the data of another one."""
    data = {name: getattr(first, name) for name in (*SHARED, "series", "labels", "corpus")}
    return dataclasses.replace(experiment, **data)


def check(experiments: tuple[Experiment, ...]) -> None:
    """Raise BadValue where experiments can't race: too many, none, or not on the same data."""
    if not 1 <= len(experiments) <= len(LANES):
        raise BadValue(counted("One network can race.", "From 1 to {n} networks can race.", len(LANES)))
    for lane, experiment in zip(LANES, experiments, strict=False):
        if experiment != shared(experiment, experiments[0]):
            name = next((n for n in SHARED if getattr(experiment, n) != getattr(experiments[0], n)), None)
            what = Experiment.SETTINGS[name].label if name else N_("own data")
            raise BadValue(
                N_(
                    "Networks race on the same data: “{setting}” of network {lane} has to be that of network a.",
                    setting=what,
                    lane=lane,
                )
            )


def differences(experiment: Experiment, first: Experiment) -> dict[str, Any]:
    """Return the settings in which an experiment differs from the first; its cell, if in none."""
    names = [name for name in Experiment.SETTINGS if getattr(experiment, name) != getattr(first, name)]
    return {name: getattr(experiment, name) for name in names or ["cell"]}


def varied(experiments: Sequence[Experiment]) -> list[str]:
    """Return the settings in which the networks of a race differ."""
    return [n for n in Experiment.SETTINGS if len({getattr(experiment, n) for experiment in experiments}) > 1]


def names(experiments: Sequence[Experiment]) -> tuple[Text, ...]:
    """Return what to call the networks of a race: each by its lane's letter, and by all in which they differ."""
    differ = varied(experiments)
    return tuple(
        N_("{lane}: {what}", lane=lane, what=listed([told(experiment, name) for name in differ])) if differ else lane
        for lane, experiment in zip(LANES, experiments, strict=False)
    )


def told(experiment: Experiment, name: str) -> Text:
    """Return one setting of an experiment in words; a cell needs no more than its name."""
    declared: Setting = Experiment.SETTINGS[name]
    said = declared.words(getattr(experiment, name))
    return said if name == "cell" else N_("{setting} {value}", setting=declared.label, value=said)


def is_lane(parameter: str) -> bool:
    """Say whether a URL parameter is read as a setting of another network than the first."""
    return bool(_LANE.fullmatch(parameter))


def to_query(experiments: tuple[Experiment, ...]) -> dict[str, str]:
    """Return how the second to the last differ from the first as URL parameters, such as b.cell=lstm."""
    first, *others = experiments
    return written([differences(other, first) for other in others])


def written(differing: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the `differences` of the second to the last as URL parameters."""
    return {
        f"{lane}.{name}": Experiment.SETTINGS[name].format(value)
        for lane, differs in zip(LANES[1:], differing, strict=False)
        for name, value in differs.items()
    }


def from_query(query: Mapping[str, Any], first: Experiment) -> tuple[tuple[Experiment, ...], list[Message]]:
    """Read the others of a race from URL parameters; return them, and what could not be taken. Never raises.

    What is not said of one is as of the first. A lane is there if anything is said of it; none is left out between.
    """
    said: dict[str, dict[str, Any]] = {}
    remarks: list[Message] = []
    for parameter, value in query.items():
        found = _LANE.fullmatch(parameter)
        if not found:
            continue
        lane, name = found.groups()
        if name in SHARED:
            remarks.append(N_("{name} in the address is left out: networks race on the same data.", name=parameter))
        elif name in Experiment.SETTINGS:
            said.setdefault(lane, {})[name] = value
        else:
            remarks.append(N_("{name} in the address is no setting.", name=parameter[:40]))
    others = []
    for _lane, settings in sorted(said.items()):
        remarks += Experiment.query_remarks(settings, vars(first))
        others.append(shared(Experiment.from_query(settings, vars(first)), first))
    return tuple(others), remarks
