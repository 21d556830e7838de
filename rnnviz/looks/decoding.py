"""What a network of two parts writes of a source, greedily and by beam search."""

import numpy as np

from rnnviz.looks.pieces import Pieces, outcome
from rnnviz.looks.subject import Subject
from rnnviz.model.decoder import Decoder
from rnnviz.model.decoding import Rules, greedy, searching
from rnnviz.snapshot import Asking, Decoding, Found, Line
from rnnviz.tasks.pairs import Pairs
from rnnviz.tasks.task import NOTHING, Batch
from rnnviz.wanted import Wanted

MOST_FOUND, MOST_SOUGHT = 4, 60
"""How many sources are sought that beam search alone gets right, and how many may be tried for it."""


def decoding(subject: Subject, wanted: Wanted) -> Decoding:
    """Return what is wanted to be written. Raises ValueError for a network that is none of two parts."""
    assert wanted.asking
    return outcome(decoding_of(subject, wanted.asking))


def decoding_of(subject: Subject, asked: Asking) -> Pieces[Decoding]:
    """Do what `decoding` does piece by piece. Tokens there are not are left out."""
    task, model = _pairs(subject), subject.model
    read = [token for token in asked.source or () if 0 <= token < len(task.source_vocabulary)]
    source = read or pair_of(subject.examples.probe, 0)[0]
    right = task.right(source)
    rules = rules_of(task, right, tuple(token for token in asked.forced if 0 <= token < task.outputs))
    decoder = Decoder(model, source, rules.longest, touches=asked.touches)
    line, untouched = greedy(decoder, rules), None
    sums = decoder.sums(*asked.sums) if asked.sums else None
    yield
    if asked.touches:
        untouched = greedy(Decoder(model, source, rules.longest), rules)
        yield
    wide = Decoder(model, source, rules.longest, asked.beam, asked.touches)
    best, tree = yield from searching(wide, rules, asked.beam, normalised=asked.normalised)
    yield
    return Decoding(
        asked=asked,
        source=np.array(source),
        right=None if right is None else np.array([*right, task.end]),
        greedy=line,
        untouched=untouched,
        best=best,
        tree=tree,
        parts=parting(line, best[0][0]),
        sums=sums,
    )


def rules_of(task: Pairs, right: tuple[int, ...] | None, forced: tuple[int, ...] = ()) -> Rules:
    """Return what an output is: as long as any that is trained on, or as the right one is, END included."""
    longest = max(task.steps, 0 if right is None else len(right) + 1)
    return Rules(task.begin, task.end, longest, forced)


def parting(one: Line, other: Line) -> int | None:
    """Return the first step, counted from 0, at which two outputs differ; None if they don't."""
    pairs = zip(one.tokens.tolist(), other.tokens.tolist(), strict=False)
    return next((t for t, (a, b) in enumerate(pairs) if a != b), None)


def found(subject: Subject, wanted: Wanted) -> Found:
    """Return sources that beam search alone gets right. Raises ValueError for a network that is none of two parts."""
    return outcome(found_by(subject, wanted.search))


def found_by(subject: Subject, beam: int) -> Pieces[Found]:
    """Do what `found` does piece by piece: through what is held out, until there are enough."""
    task, sources, sought, looked = _pairs(subject), [], 0, 0
    for batch in task.test:
        yield
        right = subject.criterion.right(*subject.passes.answers(batch))
        for b, exact in enumerate(right.tolist()):
            looked += 1
            if exact:
                continue
            yield
            source, target = pair_of(batch, b)
            rules = rules_of(task, tuple(target[:-1]))
            decoder = Decoder(subject.model, source, rules.longest, beam)
            best, _tree = yield from searching(decoder, rules, beam)
            if best[0][0].tokens.tolist() == target:
                sources.append(tuple(source))
            sought += 1
            if len(sources) == MOST_FOUND or sought == MOST_SOUGHT:
                return Found(tuple(sources), looked, beam)
    return Found(tuple(sources), looked, beam)


def pair_of(batch: Batch, b: int) -> tuple[list[int], list[int]]:
    """Return the tokens of one source, and of its target with END."""
    assert batch.source is not None
    source, target = batch.source[:, b], batch.targets[:, b]
    return source[source != NOTHING].tolist(), target[target != NOTHING].tolist()


def _pairs(subject: Subject) -> Pairs:
    if not isinstance(subject.task, Pairs):
        raise ValueError("a network of one sequence decodes nothing")
    return subject.task
