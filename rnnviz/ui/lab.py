"""The gradient lab: the live pictures of one network's gradients, and the sweeps over many networks."""

import math

import streamlit as st

from rnnviz.diagnosis import short
from rnnviz.experiment import Experiment
from rnnviz.plots import LAB, lab_key, shown_states
from rnnviz.snapshot import Lens, Snapshot
from rnnviz.text import N_, _
from rnnviz.ui import address, controls, run, studies, sweep
from rnnviz.ui.live import READOUTS, Board, numbers
from rnnviz.view import View
from rnnviz.workers.messages import Frame

HORIZONS = {
    "horizon": (N_("Memory horizon"), N_("At how many steps' distance dh_T/dh_t has fallen to 1/e of its start.")),
    "floor": (N_("To the floor"), N_("At how many steps' distance it has fallen to the floor of float32, 1.2e-38.")),
    "radius": (N_("Spectral radius"), N_("The largest absolute eigenvalue of W_hh as it is now, of a plain RNN.")),
}


def show() -> None:
    """Show the whole lab."""
    address.adopt("lab")
    with st.sidebar:
        experiment = controls.experiment(run.adjust)
    handle = run.follow(experiment)
    if not handle:
        return
    stopped = handle.stopped
    run.transport(handle, stopped)
    view = controls.lens(experiment)
    address.publish("lab")
    BOARD.show(handle, view, stopped)
    st.header(_("Many networks at once"))
    by_length, learning, forwards = st.tabs([_("By length and radius"), _("What each cell learns"), _("BPTT and RTRL")])
    with by_length:
        studies.lengths()
    with learning:
        sweep.show()
    with forwards:
        studies.forwards(experiment.cell)


def lens(view: View, experiment: Experiment) -> Lens:
    """Return what `view` asks to look at."""
    _state, layer, direction = shown_states(view, experiment)
    return Lens(layer, direction, view.jacobian - 1)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, str]:
    analysis = snapshot.analysis
    if analysis is None:
        return numbers(frame, snapshot)
    memory, shares, factors = analysis.memory, analysis.shares, analysis.factors
    longest = len(memory.norm) - 1
    words = numbers(frame, snapshot) | {
        "horizon": _distance(memory.horizon, longest),
        "floor": _distance(memory.floor, longest),
        "radius": short(factors.radius, 3) if math.isfinite(factors.radius) else _("none"),
    }
    half = shares.distances > longest / 2
    far = float(shares.by_distance[half].max(initial=0.0))
    sentence = _("dL/dW_hh has norm {whole}; beyond distance {half} the largest sum is {far}.")
    words["distance_note"] = sentence.format(whole=short(shares.norm, 3), half=longest // 2, far=short(far, 3))
    overflowed = int((~(memory.norm < math.inf)).sum())
    if overflowed:
        words["memory_note"] = _("Exploded: {n} of {all} values are too large for float32.").format(
            n=overflowed, all=longest + 1
        )
    return words


def _distance(distance: float, longest: int) -> str:
    return f"> {longest}" if math.isinf(distance) else short(distance, 3)


BOARD = Board(
    "lab",
    LAB,
    lab_key,
    {name: READOUTS[name] for name in ("step", "loss", "norm", "clipped")} | HORIZONS | {"rate": READOUTS["rate"]},
    _words,
    lens,
)
