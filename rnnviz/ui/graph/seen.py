"""What a frame says of the unrolled graph: the numbers and words of its nodes and edges, and of the opened cell."""

import math
from typing import Any

from rnnviz.language import N_, Text, counted, say, sentences, template
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Flow, Inside, Opened, Part, Snapshot, Source, Trace
from rnnviz.tasks import task_of

NEEDS: frozenset[Part] = frozenset({"trace", "gradients", "flow"})
"""What has to be seen of a network for its graph to have values."""
MOST_UNITS = 32
"""How many units of a vector are drawn, and so sent with every frame."""

SOURCE_ROW = template("At source step {t}, x_t is row {token} of the source's embedding, “{word}”; rows count from 0.")
SOURCE_ONE_HOT = template("At source step {t}, x_t is one-hot, “{word}”: a 1 at place {token}, counted from 0, else 0.")
TARGET_ROW = template(
    "y_({before}), what was to be written before, is row {token} of the embedding, “{word}”; rows count from 0."
)
TARGET_ONE_HOT = template(
    "y_({before}), what was to be written before, is one-hot, “{word}”: a 1 at place {token}, counted from 0, else 0."
)
ALONE = template("At step {t}, x_t is y_({before}).")
JOINED = template(
    "At step {t}, x_t is [y_({before}); ctx_({t})]: first y_({before}), then the {columns} numbers of the context."
)
"""What an opened cell of a network of two parts reads."""


def numbers(snapshot: Snapshot, experiment: Experiment, most: int = MOST_UNITS) -> dict[str, Any]:
    """Return the values of every node and edge, of `most` units at the most, and of the opened cell; nothing of a
    network that failed, where there is less."""
    if not snapshot.parts.keys() >= NEEDS:
        return {}
    opened = snapshot.parts.get("inside")
    return {
        "step": snapshot.step,
        "said": said(snapshot.trace, experiment),
        "values": values(snapshot, experiment, most),
        "inside": inside(opened) if opened else None,
    }


def told(snapshot: Snapshot | None, experiment: Experiment) -> dict[str, str]:
    """Return what is said below the opened cell."""
    opened = snapshot.parts.get("inside") if snapshot else None
    if snapshot is None or opened is None or not snapshot.parts.keys() >= NEEDS:
        return {"read": "", "at_once": ""}
    return {"read": say(read_by(opened.opened, snapshot.trace, experiment)), "at_once": at_once(snapshot)}


def said(trace: Trace, experiment: Experiment) -> dict[str, list[Text]]:
    """Return the word of each time step, "" where there is none: which is read, and which is found most probable."""
    task, found = task_of(experiment), {}
    if trace.tokens is not None and task.vocabulary:
        found["x"] = [task.vocabulary[token] if token >= 0 else "" for token in trace.tokens]
    if trace.source:
        found["source.x"] = [task.source_vocabulary[token] for token in trace.source.tokens]
    if task.classes:
        found["y"] = [task.classes[row.argmax()] for row in trace.outputs]
    return found


def read_by(opened: Opened, trace: Trace, experiment: Experiment) -> Text:
    """Say which row of the embedding an opened cell reads, and where it is skipped; "" where it reads no words."""
    task = task_of(experiment)
    if trace.source:
        return read_of_two(opened, trace, trace.source, experiment)
    if trace.tokens is None or not task.vocabulary:
        return ""
    token, t = int(trace.tokens[opened.step]), opened.step + 1
    if experiment.mask_padding and token == task.padding:
        return N_("Step {t} is padding and is skipped: whatever these sums come to, its state stays 0.", t=t)
    if opened.layer:
        return ""
    if token < 0:
        return N_("At step {t} nothing is read: x_t is 0.", t=t)
    if experiment.embedding_size:
        sentence = template("At step {t}, x_t is row {token} of the embedding, “{word}”; rows count from 0.")
    else:
        sentence = template("At step {t}, x_t is one-hot, “{word}”: a 1 at place {token}, counted from 0, else 0.")
    return sentence.given(t=t, token=token, word=task.vocabulary[token])


def read_of_two(opened: Opened, trace: Trace, source: Source, experiment: Experiment) -> Text:
    """Say the same of a cell of an encoder, or of a decoder, which may read a context besides."""
    if opened.layer:
        return ""
    task, t, embedded = task_of(experiment), opened.step + 1, experiment.embedding_size
    if opened.encoder:
        token, known = int(source.tokens[opened.step]), task.source_vocabulary
        sentence = SOURCE_ROW if embedded else SOURCE_ONE_HOT
    else:
        assert trace.tokens is not None
        token, known = int(trace.tokens[opened.step]), task.vocabulary or ()
        sentence = TARGET_ROW if embedded else TARGET_ONE_HOT
    said = sentence.given(t=t, before=t - 1, token=token, word=known[token])
    if opened.encoder:
        return said
    if experiment.attention == "additive" and trace.contexts is not None:
        return sentences(JOINED.given(t=t, before=t - 1, columns=trace.contexts.shape[1]), said)
    return sentences(ALONE.given(t=t, before=t - 1), said)


def at_once(snapshot: Snapshot) -> str:
    """Say, of an opened cell whose steps can all be computed at once, that this gives the same numbers."""
    opened, trace = snapshot.parts.get("inside"), snapshot.trace if "inside" in snapshot.parts else None
    if opened is None or trace is None or opened.at_once is None:
        return ""
    T = len(trace.source.tokens if opened.opened.encoder and trace.source else trace.losses)
    if T < 2:
        return ""
    rounds = counted(
        "The time steps, T = {T}, were also computed all at once, by a parallel scan in one round: the same h_t, to a "
        "largest difference of {difference}.",
        "The time steps, T = {T}, were also computed all at once, by a parallel scan in {n} rounds: the same h_t, to a "
        "largest difference of {difference}.",
        math.ceil(math.log2(T)),
        T=T,
        difference=opened.at_once,
    )
    return say(rounds)


def values(snapshot: Snapshot, experiment: Experiment, most: int = MOST_UNITS) -> dict[str, Any]:
    """Return arrays by name: those of the nodes, up to `most` units each, and the norms of the gradients; those of
    an encoder begin with "source."."""
    trace, flow = snapshot.trace, snapshot.flow
    found = {
        "x": trace.inputs[:, : min(task_of(experiment).columns(experiment), most)],  # a context comes after them
        **_states(trace, most),
        "y": trace.outputs[:, :most],
        "loss": trace.losses[:, None],
        "output": flow.output,
        **_norms(flow),
        "total": snapshot.gradients.hidden_norms,
    }
    if trace.source and flow.source:
        source = {"x": trace.source.inputs[:, :most], **_states(trace.source, most), **_norms(flow.source)}
        source["total"] = trace.source.gradient_norms
        found |= {f"source.{name}": array for name, array in source.items()}
    if flow.attention and trace.contexts is not None:
        found |= {"a_ts": trace.attention, "ctx": trace.contexts[:, :most]}
        found |= {f"attention.{name}": norms for name, norms in vars(flow.attention).items()}
    return {name: array for name, array in found.items() if array is not None}


def _states(states: Trace | Source, most: int) -> dict[str, Array | None]:
    cell = None if states.cell is None else states.cell[..., :most]
    return {"h": states.hidden[..., :most], "c": cell}


def _norms(flow: Flow) -> dict[str, Array | None]:
    return {name: getattr(flow, name) for name in ("readout", "input", "inputs", "before", "cell")}


def inside(opened: Inside) -> dict[str, Any]:
    """Return the values inside the opened cell by the names of the places in the equations, and the unit's weights."""
    which = opened.opened
    place = [which.layer, which.direction, which.step, which.unit] + [1] * which.encoder
    found = {"opened": place, "x": opened.x, "h_before": opened.h_before}
    if opened.c_before is not None:
        found["c_before"] = opened.c_before
    for part in ("values", "weights_x", "weights_h"):
        found |= {f"{part}.{name}": array for name, array in getattr(opened, part).items()}
    return found
