/** As good as all of it: edges fall between pixels. */
const WHOLE = 0.98

/**
 * Hides the name of a month while the edge of what scrolls would cut it: half a name reads as another one. Where the
 * year begins to fade out counts as its edge. Returns what ends the watch.
 */
export function hideCutMonths(scroller: HTMLElement): () => void {
  const fade = Math.round(Number.parseFloat(getComputedStyle(scroller).paddingInlineStart))
  const watch = new IntersectionObserver(
    seen => {
      for (const { target, intersectionRatio } of seen)
        target.classList.toggle('is-cut', intersectionRatio < WHOLE)
    },
    { root: scroller, rootMargin: `0px 0px 0px -${fade}px`, threshold: WHOLE },
  )
  for (const month of scroller.querySelectorAll('.month > span')) watch.observe(month)
  return () => watch.disconnect()
}
