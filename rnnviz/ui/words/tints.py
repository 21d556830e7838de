"""What may colour the words: its values, how they become colours, and what is said of them."""

from typing import Any

import numpy as np

from rnnviz.language import N_, Message, Rounded, Text, sentences
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Array, Passage, Reading
from rnnviz.snapshot.reading import Reference
from rnnviz.tasks import task_of

DECADES = 6
"""How many powers of ten the colours of a gradient tell apart."""
NAMES = {
    "importance": N_("importance"),
    "norm": N_("norm of dL/dx_t"),
    "unit": N_("value of the unit"),
    "share": N_("norm of dh_T/dh_t"),
    "surprise": N_("surprise in bits"),
}
"""What a value is called."""
COMPARED: dict[Reference, Message] = {
    "unknown": N_("the unknown word's"),
    "zero": N_("nothing, a vector of zeros"),
    "mean": N_("the mean of all words"),
}


def available(experiment: Experiment) -> tuple[str, ...]:
    """Return what there is to choose from: what was expected is known only where the next token is said."""
    every = tuple(View.SETTINGS["tint"].options)  # pyright: ignore[reportAttributeAccessIssue]
    return every if task_of(experiment).says_next else tuple(name for name in every if name != "surprise")


def tint_of(view: View, experiment: Experiment) -> str:
    """Return what colours the words, as far as there is such a thing."""
    return view.tint if view.tint in available(experiment) else available(experiment)[0]


def values(tint: str, passage: Passage) -> Array:
    """Return what colours each word, (T,), NaN where nothing does."""
    found = getattr(passage, tint)
    return np.full(len(passage.tokens), np.nan) if found is None else found


def scale(tint: str, reading: Reading) -> dict[str, Any]:
    """Return how values become colours: `most` has the full one, signed ones are about 0, `decades` of others fade."""
    found = np.concatenate([np.abs(values(tint, passage)) for passage in reading.passages])
    most = float(found[np.isfinite(found)].max(initial=0.0))
    return {
        "signed": tint in ("importance", "unit"),
        "decades": DECADES if tint in ("norm", "share") else 0,
        "most": max(most, 1.0) if tint == "unit" else most,
    }


def legend(tint: str, reading: Reading, experiment: Experiment) -> Text:
    """Return what the colours mean."""
    most = Rounded(scale(tint, reading)["most"], 3)
    asked = reading.asked
    if tint == "importance":
        return _importance(reading, experiment)
    if tint == "norm":
        own = N_("L is -log p of its own answer here: nobody knows the right one.") if asked.texts else ""
        said = N_(
            "How long dL/dx_t is: it tells a word's position more than its meaning. Full colour: {most}; no colour: a "
            "millionth of that, or less.",
            most=most,
        )
        return sentences(said, own)
    if tint == "unit":
        return N_(
            "The value of unit {unit} of layer {layer} after each word: blue above 0, orange below; full colour at "
            "{most}.",
            unit=asked.unit + 1,
            layer=asked.layer + 1,
            most=most,
        )
    if tint == "share":
        return N_(
            "How much the last state of layer {layer} still changes with the one after each word, the norm of "
            "dh_T/dh_t. Full colour: {most}; no colour: a millionth of that, or less.",
            layer=asked.layer + 1,
            most=most,
        )
    return N_("How little each word was expected before it was read, -log p in bits. Full colour: {most}.", most=most)


def _importance(reading: Reading, experiment: Experiment) -> Text:
    classes = task_of(experiment).classes or ()
    if len(classes) == 2:
        colours = N_(
            "Blue words speak for {second}, orange ones for {first}.",
            second=classes[1],
            first=classes[0],
        )
        z = N_("z is the difference of the two y")
    else:
        colours = N_("Blue words speak for the answer, orange ones against it.")
        z = N_("z is the answer's y less the mean of all y")
    how = N_(
        "It is dz/dx_t times what the word's x_t is more than {reference}, where {z}: how z would change, to first "
        "order.",
        reference=COMPARED[reading.reference],
        z=z,
    )
    return sentences(colours, how)
