"""Wanted: what is to be seen of a network, as one value that travels from a page to whoever looks, and back."""

from dataclasses import dataclass

from rnnviz.snapshot import Asking, Draft, Lens, Opened, Part, Passages


@dataclass(frozen=True)
class Wanted:
    """What is to be seen of a network.

    needs: the parts that what is shown needs. opened: the cell to look into, if any. lens: what of the gradients to
    analyse, if anything. beyond: how many steps a forecast goes on after the last value there is. at: the training
    step, or the newest that is kept before it; None is the newest of all. then: a second one, if any, to be seen
    beside it. reading: which texts to read, if any.
    draft: what to write, if anything.
    asking: what of two sequences to decode, if anything. search: with how many branches to look for sources that beam
    search gets right and greedy decoding wrong; 0 is not at all.
    together: whether all networks of a race are to be seen, each with these parts, and not the first alone.
    near: the word whose nearest are sought, as its vocabulary has it; "" leaves it to who looks.
    """

    needs: frozenset[Part] = frozenset()
    opened: Opened | None = None
    lens: Lens | None = None
    beyond: int = 0
    at: int | None = None
    then: int | None = None
    reading: Passages | None = None
    draft: Draft | None = None
    asking: Asking | None = None
    search: int = 0
    together: bool = False
    near: str = ""

    @property
    def parts(self) -> frozenset[Part]:
        """What a snapshot has to hold."""
        into: dict[Part, object] = {
            "inside": self.opened,
            "analysis": self.lens,
            "reading": self.reading,
            "writing": self.draft,
            "decoding": self.asking,
            "found": self.search or None,
        }
        opened: frozenset[Part] = frozenset(part for part in into if into[part] is not None)
        return self.needs - into.keys() | opened


NOTHING = Wanted()
"""The numbers of a network, and no more."""

WHOLE: frozenset[Part] = frozenset(
    {"trace", "gradients", "flow", "forecast", "curve", "distances", "paths", "exactness"}
)
"""All that is to be seen of a network without saying into what to look."""
