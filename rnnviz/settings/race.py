"""Races: up to four experiments whose networks train in step, on the same data."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from rnnviz.language import N_, BadValue, Message, counted
from rnnviz.settings.experiment import Experiment

LANES = "abcd"
"""The names of the networks of a race, in order; the first is the one that all pages show."""
SHARED = ("task", "phrase", "vocabulary_size", "seq_len", "batch_size", "answer_order", "difference", "loss_at", "seed")
"""Settings of the data: all networks of a race have the same."""
_LANE = re.compile(r"([b-d])\.(\w+)", re.ASCII)


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


def to_query(experiments: tuple[Experiment, ...]) -> dict[str, str]:
    """Return how the second to the last differ from the first as URL parameters, such as b.cell=lstm.

    One that does not differ is there by its cell.
    """
    first, *others = experiments
    found = {}
    for lane, other in zip(LANES[1:], others, strict=False):
        differs = {
            f"{lane}.{name}": declared.format(getattr(other, name))
            for name, declared in Experiment.SETTINGS.items()
            if getattr(other, name) != getattr(first, name)
        }
        found |= differs or {f"{lane}.cell": other.cell}
    return found


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
