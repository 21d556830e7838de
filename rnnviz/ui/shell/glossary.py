"""Words that need explaining, and the sentences that explain them wherever they stand."""

from rnnviz.language import N_, say

FLOOR = N_("floor of float32")

TERMS = {
    N_("clipping"): N_(
        "A gradient longer than the limit is shortened to it before the weights change; it points as before."
    ),
    N_("clipped"): N_(
        "A gradient longer than the limit is shortened to it before the weights change; it points as before."
    ),
    FLOOR: N_(
        "The network computes with float32 numbers. Below 1.2e-38 they lose their digits and soon become 0: a gradient "
        "that small teaches nothing."
    ),
    N_("free-running"): N_(
        "Fed with its own answers instead of the data, so that an error is carried on to all later steps."
    ),
    N_("memory horizon"): N_(
        "The distance in steps at which dh_T/dh_t has fallen to 1/e, about a third, of its start: how far a small "
        "change of a state reaches. What a network has settled on it may remember for longer."
    ),
    N_("singular values"): N_(
        "How much a matrix stretches what it multiplies: the largest in the direction it stretches most, the smallest "
        "in the one it stretches least."
    ),
    N_("spectral radius"): N_(
        "The largest absolute eigenvalue of a matrix: by about as much each further multiplication by it stretches or "
        "shrinks."
    ),
    N_("Truncated BPTT"): N_("The gradient is followed back for so many steps and no further; the states run on."),
}
"""The words as they stand in texts, of either case, and what each means."""


def glossary() -> dict[str, str]:
    """Return the words and their sentences in the reader's language."""
    return {say(word): say(sentence) for word, sentence in TERMS.items()}
