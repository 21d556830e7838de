"""Every picture's axes reach as far as what is drawn on them, whatever was drawn there before, and can be read."""

import pytest
from bench import Bench

from rnnviz.plots.loss import STEP_BOUNDS

TASKS = (
    "Recall: remember the first word",
    "Sine wave, one step ahead",
    "Video: the next 2 x 2 frame",
    "Wave: one number in, a wave out",
)
"""Tasks whose prediction is bars or a map, and after each one whose prediction is lines."""

# The points of each picture that lie off its axes, of the traces that are lines, marks or bars.
OUTSIDE = """
() => [...document.querySelectorAll("[data-picture]")].flatMap((plot) => {
  if (!plot.data?.length || !plot._fullLayout) return []
  const numbers = (array) => Array.from(array ?? [])
  return plot._fullData.flatMap((trace) => ["xaxis", "yaxis"].flatMap((name) => {
    const axis = plot._fullLayout[name]
    if (trace.visible !== true || trace.type === "heatmap" || axis.type === "category") return []
    const ends = axis.range.map((end) => axis.r2l(end)).sort((a, b) => a - b)
    const values = numbers(trace[name[0]]).filter((value) => typeof value === "number" && Number.isFinite(value))
    const off = values.map((value) => axis.d2l(value)).filter((value) => value < ends[0] || value > ends[1])
    return off.length ? [`${plot.dataset.picture} ${name} ${ends}: ${trace.name} ${off.slice(0, 3)}`] : []
  }))
})
"""


def test_every_point_lies_inside_its_axes(bench: Bench):
    bench.open(speed=5)
    for task in TASKS:
        bench.page.evaluate("() => (window.before = document.querySelector('[data-picture=prediction]').data)")
        bench.choose("task", task)
        bench.wait("() => document.querySelector('[data-picture=prediction]').data !== window.before").moves()
        assert bench.page.evaluate(OUTSIDE) == [], task


# The names of training steps that are turned, or touch the next one, on an axis that ends at each of these steps.
UNREADABLE = """
async (ends) => {
  const plot = document.querySelector("[data-picture=loss]")
  const found = []
  for (const end of ends) {
    await Plotly.restyle(plot, { x: [[0, end]] })
    const names = [...plot.querySelectorAll(".xtick text")]
    const boxes = names.map((name) => name.getBoundingClientRect()).sort((a, b) => a.left - b.left)
    const close = boxes.some((box, i) => i && box.left - boxes[i - 1].right < 4)
    if (names.length < 3 || close || names.some((name) => name.getAttribute("transform")?.match(/rotate\\([^0]/)))
      found.push(names.map((name) => name.textContent).join(" "))
  }
  return found
}
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_training_steps_are_named_level_and_apart_however_many_they_are(stay: Bench, width: int):
    stay.page.set_viewport_size({"width": width, "height": 900})
    stay.open(playing="off")
    assert stay.page.evaluate(UNREADABLE, STEP_BOUNDS.tolist()) == []
