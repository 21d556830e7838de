"""The states of the networks of a race, a map each, all on one scale with one bar of colours."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Text, sentences
from rnnviz.plots import states
from rnnviz.plots.picture import Arrays, Picture
from rnnviz.plots.race.lane import LANES, named
from rnnviz.scene import Scene

MARGIN = {"l": 50, "r": 12, "t": 44, "b": 46, "autoexpand": False}
"""The same around every map, so that their columns are equally wide: the bar lies over the first one."""
BAR = {"orientation": "h", "x": 0.5, "y": 1.02, "yanchor": "bottom", "title_text": "", "thickness": 10, "len": 1}


def _map(n: int) -> Picture:
    """Return the picture of the n-th network, counted from 0."""
    looks = LANES[n]
    letter = looks.letter

    def own(scene: Scene) -> Scene:
        return scene.lanes[n]

    def arrays(scene: Scene) -> Arrays:
        every = [states.values_of(lane) for lane in scene.lanes]
        return states.centred_arrays(every[n], scene.view, every)

    def frame(scene: Scene) -> go.Figure:
        figure = states.frame(own(scene)).update_layout(margin=MARGIN)
        symbol = f"{states.shown_states(scene.view, own(scene).experiment)[0]}<sub>t</sub>"
        read = looks.read(symbol, "span", values="customdata" if scene.view.scale == "unit" else "")
        return figure.update_traces(colorbar=BAR, showscale=n == 0, **read)

    def sentence(scene: Scene) -> Text:
        same = N_("All networks of the race have one scale of colours.")
        each = N_("Colours span each row's own values: between networks only their course can be compared.")
        return sentences(
            N_("{network}.", network=_name(scene)),
            states.sentence(own(scene)),
            each if scene.view.scale == "unit" else same,
        )

    def caption(scene: Scene) -> Text:
        return sentences(N_("{network}.", network=_name(scene)), states.caption(own(scene)))

    def key(scene: Scene) -> Hashable:
        return _name(scene), states.key(own(scene))

    def _name(scene: Scene) -> Text:
        return named(scene)[n][0]

    return Picture(
        name=f"states_{letter}",
        title=N_("States of {lane}", lane=letter),
        alt=N_("Heat map of the states of network {lane} of the race, units by time steps.", lane=letter),
        caption=caption,
        sentence=sentence,
        arrays=arrays,
        frame=frame,
        needs=("trace",),
        key=key,
        lane=n,
    )


MAPS = tuple(_map(n) for n in range(len(LANES)))
"""Of the first to the fourth network."""
