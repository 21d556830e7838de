"""What the unrolled graph says: its buttons, its sweeps, what stands beside an opened cell."""

from typing import Any

from rnnviz.cells import CELLS
from rnnviz.graph.shapes import Sizes
from rnnviz.language import N_, Text, counted, say, sentences, template

TEXT = {
    "graph": N_("The unrolled graph. Arrow keys lead from node to node, Enter looks inside a cell."),
    "fold": N_("Fold"),
    "unfold": N_("Unfold"),
    "space_view": N_("Space view"),
    "time_view": N_("Time view"),
    "forward_sweep": N_("Forward sweep"),
    "backward_sweep": N_("Backward sweep"),
    "one_back": N_("One step back"),
    "one_on": N_("One step on"),
    "play": N_("Play or pause the sweep"),
    "clear": N_("End the sweep"),
    "time_step": N_("Time step"),
    "source_step": N_("Source step"),
    "unit": N_("Unit"),
    "holds": template("{name}, unit {unit}: {value}"),
    "of_cell": template("{name} ({where})"),
    "joined": template("{sentence} {following}"),
    "shapes": N_("Shapes"),
    "time": N_(
        "One cell, drawn once per time step: every copy has the same weights, and hands its state h_t to the next. "
        "Click a node to look inside."
    ),
    "folded": N_("Folded: one cell, which reads its own state of the step before. Unfold it to see time."),
    "space": N_(
        "Space view: the units of one copy, as layers of a network. All time steps are this same network; in time "
        "it is joined to itself through h_t."
    ),
    "example": N_(
        "The example of the lessons, as shapes alone: no such network is being trained, so there are no values."
    ),
    "inside": template("Inside the cell of {where} at time step {t}, unit {unit}"),
    "nothing_inside": N_("The numbers are on their way; of a network that has stopped by itself there may be none."),
    "close": N_("Close"),
    "whose": template("The number in a state's node is that of unit {unit}."),
    "standardised": N_("x and y are standardised: 0 is the mean of the training part, 1 its standard deviation."),
    "no_word": N_("no word"),
    "weighted": template("{state} by {weight}"),
    "listed": template("{things}, {next}"),
    "looked": template("Attention at time step {t}: the weights a_ts, and unit {unit} of the context"),
    "looked_state": N_("source state"),
    "looked_weight": N_("weight a_ts"),
    "looked_part": N_("a_ts times its unit"),
    "looked_sum": N_("sum over s"),
    "looked_more": N_("The page “Two sequences” spells out the scores, and lets you move the weights."),
    "loss": N_("loss"),
    "sums": N_("The sums behind it, term by term"),
    "vectors": N_("The whole vectors, all units"),
    "shapes_title": N_("Shapes, time first"),
    "letters": N_(
        "T time steps, B sequences in a batch, I input features, H hidden units, O outputs, L layers, D directions. "
        "The output of a step and the state h_t that it hands on are the same tensor; output holds it for every step, "
        "h_n of the last step alone."
    ),
    "flow": template(
        "Width and colour: the norm of the gradient on its way back, on a log scale from {largest} (widest) to "
        "{least}; dotted where it is below {floor}, the floor of float32."
    ),
    "colours": N_("Values: blue below 0, white at 0, red above."),
}
FORWARD = {
    "x": template("{name} is read: {value}."),
    "ctx": template("{name} is the mean of the source states, by the weights of attention: {value}."),
    "first": template(
        "{name} is computed from what comes in at step {t} and the state the encoder hands over; unit {unit}: {value}."
    ),
    "h": template(
        "{name} is computed from what comes in at step {t} and the state of step {before}; unit {unit}: {value}."
    ),
    "y": template("{name} is read out of the state: {value}."),
    "loss": template("{name} compares the answer with the target: {value}."),
}
BACKWARD = {
    "x": template("{name}: the gradient has reached the input; norm {norm}."),
    "h": template("{name}: all that comes back to this state, through later steps and from above; norm {norm}."),
    "ctx": template("{name}: how the loss changes with this context; norm {norm}."),
    "attended": template("Attention alone brings {norm}."),
    "handed": template("The hand-over of the state alone brings {norm}."),
    "y": template("{name}: how the loss changes with this answer; norm {norm}."),
    "loss": template("{name} = {norm}: the loss L is the mean of these losses."),
    "unmarked": template("{name} is 0: this answer is not marked."),
    "dead": template(
        "{name} has norm {norm}, below the floor of float32: nothing of the later steps' errors arrives here."
    ),
}
EMBEDDED = template("{name}: the gradient has reached the row of the embedding that was read here; norm {norm}.")
VOCABULARIES = N_(
    "V words of the vocabulary, and V_s of the source's: each has a row of an embedding, of I numbers; I_s is the same."
)
VOCABULARY = N_("V words of the vocabulary: each has a row of the embedding, and that is its x_t, of I numbers.")
OF_TWO = {
    "time": N_(
        "The encoder, left, reads the source, x_s, step by step. The decoder, right, begins in the state in which the "
        "encoder ends; it reads what was to be written before, y_(t-1), and says what comes next, y_t. Click a node to "
        "look inside."
    ),
    "folded": N_("Folded: two cells, each of which reads its own state of the step before. Unfold it to see time."),
    "space": N_(
        "Space view: the units of one copy, as layers of a network: of the encoder or the decoder, whose step was "
        "chosen last. In time it is joined to itself through its state."
    ),
    "letters": N_(
        "S source steps, T time steps of the decoder, B sequences in a batch, I numbers that stand for a token, H "
        "hidden units, O outputs, L layers, D directions of the encoder, M = D · H numbers of a source state."
    ),
}
"""What is said otherwise of an encoder and a decoder."""
LOOKS = N_(
    "An edge to ctx_t is as wide as the weight a_ts by which it takes in that source state; below 0.05 there is none."
)
"""What is added to the first of these where there is attention."""
ASKED = {"additive": N_("h_(t-1), which asks through W_q"), "dot": N_("h_t, which asks")}
WEIGHED = N_("a_ts, attention: the wider, the larger")
WHERE = (template("layer {layer}"),)
WHERE_OF_TWO = (template("layer {layer}, forward pass"), template("layer {layer}, backward pass"))
WHERE_DECODED = (template("the decoder's layer {layer}"),)
WHERE_ENCODED = (template("the encoder's layer {layer}"),)
WHERE_ENCODED_OF_TWO = (
    template("the encoder's layer {layer}, forward pass"),
    template("the encoder's layer {layer}, backward pass"),
)
"""Where a cell is, by its direction."""
MATRICES = {
    "W_ih": N_("W_ih, from the input"),
    "W_hh": N_("W_hh, from the step before"),
    "W_hy": N_("W_hy, to the answer"),
}
CELL_LINE = N_("c_t, handed on without a matrix")
STATE_LINE = N_("h_t, handed on without a matrix")
STAND = template(
    "As it is at training step {step}; the numbers follow the training, pause it to keep them. b is the sum of two "
    "biases, b_ih + b_hh, as PyTorch keeps them; ⊙ multiplies unit by unit. All is rounded: the last digit of a sum "
    "may be off by one."
)
STAND_OF_ONE_BIAS = template(
    "As it is at training step {step}; the numbers follow the training, pause it to keep them. ⊙ multiplies unit by "
    "unit. All is rounded: the last digit of a sum may be off by one."
)
"""Of which moment the numbers inside a cell are, and how they are to be read."""


def texts(sizes: Sizes, drawn: int) -> dict[str, Any]:
    """Return all of them for a network of these sizes, of whose units so many are drawn, in the reader's language."""
    matrices = {name: say(words) for name, words in MATRICES.items()}
    cell = CELLS[sizes.cell]
    if not cell.from_hidden:
        del matrices["W_hh"]
    if cell.has_c or not cell.from_hidden:
        matrices[""] = say(CELL_LINE if cell.has_c else STATE_LINE)
    if sizes.source and sizes.context:
        matrices |= {"query": say(ASKED[sizes.source.attention]), "a_ts": say(WEIGHED)}
    stand = STAND if cell.from_hidden else STAND_OF_ONE_BIAS
    units = counted("The first of {all} units is drawn.", "The first {n} of {all} units are drawn.", drawn, all=sizes.H)
    parameters = counted(
        "One parameter: the sequence length T and the batch size B are not in the formula",
        "{n} parameters: the sequence length T and the batch size B are not in the formula",
        sizes.parameters(),
    )
    backward = BACKWARD | ({"x": EMBEDDED} if sizes.V else {})
    told: dict[str, Text] = {**TEXT, **(OF_TWO if sizes.source else {})}
    words = VOCABULARIES if sizes.source else VOCABULARY
    told["letters"] = sentences(told["letters"], words if sizes.V else "")
    told["time"] = sentences(told["time"], LOOKS if sizes.context else "")
    encoded = WHERE_ENCODED_OF_TWO if sizes.source and sizes.source.D > 1 else WHERE_ENCODED
    decoded = WHERE_DECODED if sizes.source else WHERE_OF_TWO if sizes.D > 1 else WHERE
    return (
        {"stand": say(stand), "units": say(units) if drawn < sizes.H else "", "parameters": say(parameters)}
        | {name: say(sentence) for name, sentence in told.items()}
        | {
            "forward": {kind: say(sentence) for kind, sentence in FORWARD.items()},
            "backward": {kind: say(sentence) for kind, sentence in backward.items()},
            "where": [say(sentence) for sentence in decoded],
            "encoded": [say(sentence) for sentence in encoded],
            "matrices": matrices,
        }
    )
