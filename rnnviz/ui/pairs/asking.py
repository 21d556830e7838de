"""What a visitor asks to have decoded, as the network's own tokens: of a source they typed, or of the probe."""

import functools

from rnnviz.language import N_, Text, counted, listed, sentences
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking
from rnnviz.tasks import task_of
from rnnviz.tasks.pairs import Pairs
from rnnviz.tasks.task import NOTHING
from rnnviz.ui.live.frames import Decode

MOST_TOKENS = 40
"""How many tokens of a source that is typed are read, the first ones."""


def pairs_of(experiment: Experiment) -> Pairs | None:
    """Return the experiment's task if it is one of two sequences."""
    task = task_of(experiment)
    return task if isinstance(task, Pairs) else None


@functools.lru_cache(maxsize=64)
def asking(decode: Decode, experiment: Experiment, beam: int = 1, normalised: bool = False) -> Asking | None:
    """Return what is to be decoded, without what this network has not got: such tokens, steps, weights; None if it is
    none of two sequences. beam, normalised: see Asking."""
    task = pairs_of(experiment)
    if not task:
        return None
    source, looks = _source(decode, task), experiment.attention != "none"
    S = len(source) if source else task.probe.first(1).source.shape[0]  # pyright: ignore[reportOptionalMemberAccess]
    touches = [touch for touch in decode.touches if touch.at < S and (touch.to is None or touch.to < S)]
    return Asking(
        source or None,
        beam,
        normalised,
        tuple(token for token in decode.forced if token < task.outputs),
        tuple(touches) if looks else (),
        decode.sums if looks and decode.sums and decode.sums[1] < S else None,
    )


def _source(decode: Decode, task: Pairs) -> tuple[int, ...]:
    """Return the tokens of what was typed; none if nothing was, or nothing that can be read."""
    pieces = [] if decode.text is None else task.source_tokens(decode.text)
    return tuple(token for _piece, token in pieces if token != NOTHING)[:MOST_TOKENS]


def unread(decode: Decode, experiment: Experiment) -> Text:
    """Say what of a typed source is not read."""
    task = pairs_of(experiment)
    if not task or decode.text is None:
        return ""
    pieces = task.source_tokens(decode.text)
    unknown = dict.fromkeys(piece for piece, token in pieces if token == NOTHING)
    read = sum(token != NOTHING for _piece, token in pieces)
    said: list[Text] = []
    if unknown:
        said.append(
            counted(
                "One is not in the vocabulary, and left out: {pieces}.",
                "{n} are not in the vocabulary, and left out: {pieces}.",
                len(unknown),
                pieces=listed([f"“{piece}”" for piece in unknown][:10]),
            )
        )
    if not read:
        said.append(N_("There is nothing to be read in it: this is the probe."))
    if read > MOST_TOKENS:
        said.append(counted("Only the first token is read.", "Only the first {n} tokens are read.", MOST_TOKENS))
    return sentences(*said)
