// A button that opens what there is to say of it, by pointer, touch and key.

/**
 * Lets a button open a text, from one press to the next, or while a mouse is over it. Escape and a press elsewhere close
 * it, as the browser does with all popovers.
 * @param {HTMLElement} button
 * @param {HTMLElement} popover
 * @param {Element} place where it waits, in the page's order after all else
 * @param {{ fill?: () => void, hover?: boolean }} [options] fill: called before it is shown
 */
export function opens(button, popover, place, { fill = () => {}, hover = false } = {}) {
  const shown = () => popover.matches(":popover-open")
  const show = () => {
    if (shown()) return
    fill()
    place.append(popover) // only now: a text that is replaced leaves nothing behind
    popover.showPopover({ source: button })
    popover.style.setProperty("--near", near(button, popover))
  }
  let pressed = false
  button.setAttribute("aria-expanded", "false")
  popover.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"))
    if (newState === "open") return
    pressed = false
    popover.remove()
  })
  button.addEventListener("click", () => {
    pressed = !pressed
    if (pressed) show()
    else if (shown()) popover.hidePopover()
  })
  if (hover) {
    button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && show())
    button.addEventListener("pointerleave", () => !pressed && shown() && popover.hidePopover())
  }
  // Space presses the button, and not the page's own shortcut.
  button.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation())
}

/**
 * A place below the button or above it, within the window.
 * @param {HTMLElement} button
 * @param {HTMLElement} popover
 */
function near(button, popover) {
  const { left, bottom, top } = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const y = bottom + 4 + height > innerHeight && top > height + 4 ? top - height - 4 : bottom + 4
  return `${Math.max(4, Math.min(left, innerWidth - width - 8))}px ${y}px`
}
