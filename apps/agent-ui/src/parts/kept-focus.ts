/**
 * Whenever what has the focus is taken out of the page, such as a button that did its work, the focus goes to what
 * stood around it, so that keyboards and screen readers go on from there and not from the top.
 */
export function keepFocus(): void {
  let way: readonly Element[] = []
  document.addEventListener('focusin', event => {
    way = event.target instanceof Element ? wayUp(event.target) : []
  })
  new MutationObserver(() => {
    if (way[0] === undefined || way[0].isConnected) return
    const around = way.find(element => element.isConnected)
    way = []
    const { activeElement } = document
    if (activeElement !== null && activeElement !== document.body) return
    if (around instanceof HTMLElement && around !== document.body) focusOn(around)
  }).observe(document.body, { childList: true, subtree: true })
}

/** The element and all around it, the innermost first. */
function wayUp(element: Element): Element[] {
  const way = [element]
  for (let next = element.parentElement; next !== null; next = next.parentElement) way.push(next)
  return way
}

/** Part of the order of Tab only as long as it has the focus. */
function focusOn(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) {
    element.tabIndex = -1
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true })
  }
  element.focus({ preventScroll: true })
}
