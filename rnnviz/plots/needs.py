"""What pictures need to be seen of a network, as one value."""

from collections.abc import Iterable, Mapping

from rnnviz.plots.forecast import FORECAST
from rnnviz.plots.picture import Picture
from rnnviz.plots.states import shown_states
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Lens, Part
from rnnviz.wanted import Wanted


def wanted(
    pictures: Mapping[str, Picture],
    view: View,
    experiment: Experiment,
    besides: Iterable[Part] = (),
    together: bool = False,
) -> Wanted:
    """Return what these pictures of an experiment need, looked at so, and what else `besides`; `together`: of all
    networks of a race."""
    shown = [picture for picture in pictures.values() if picture.shown(experiment)]
    needs: frozenset[Part] = frozenset(part for picture in shown for part in picture.needs)
    return Wanted(
        needs | frozenset(besides),
        lens=lens(view, experiment) if "analysis" in needs else None,
        beyond=view.beyond if FORECAST in shown else 0,
        near=view.word if "embedding" in needs else "",
        together=together,
    )


def lens(view: View, experiment: Experiment) -> Lens:
    """Return which layer, direction and step of the gradients `view` asks to look at."""
    _state, layer, direction = shown_states(view, experiment)
    return Lens(layer, direction, view.jacobian - 1)
