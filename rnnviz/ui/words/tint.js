// From a value to how strongly it is coloured.

/** @import { Scale } from "./sent.d.ts" */

/**
 * How strong a colour is, from 0 to 1, below 0 for the other one; 0 where there is no value.
 * @param {number} value
 * @param {Scale} scale
 */
export function level(value, { signed, decades, most }) {
  if (Number.isNaN(value) || !(most > 0)) return 0
  const part = Math.min(Math.max(value / most, signed ? -1 : 0), 1)
  if (!decades) return part
  return part > 0 ? Math.max(0, 1 + Math.log10(part) / decades) : 0
}
