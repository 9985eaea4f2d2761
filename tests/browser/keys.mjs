// A person who has no mouse: what the keys reach, whether it can be seen where they are, and whether anything covers it.

import assert from 'node:assert/strict'

/** How many presses of Tab a page may need before what is looked for counts as out of reach. */
const patience = 120

/** What has the focus, and how it looks. Runs in the page. */
function look() {
  const element = document.activeElement
  if (!element || element === document.body) return undefined
  // A radio button and a checkbox are drawn by their label.
  const drawn = element.matches('[type=radio], [type=checkbox]')
    ? getComputedStyle(element.labels[0], '::before')
    : getComputedStyle(element)
  const clear = (colour) => /^rgba\(.*, 0\)$/.test(colour)
  // GOV.UK's yellow, which nothing else on a page has.
  const filled = drawn.backgroundColor === 'rgb(255, 221, 0)'
  const ring = drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) >= 2 && !clear(drawn.outlineColor)
  const box = element.getBoundingClientRect()
  const target = element.matches('[type=radio], [type=checkbox]') ? element.labels[0].getBoundingClientRect() : box
  const inside = (top, left) => {
    const found = document.elementFromPoint(left, top)
    return Boolean(found && (element.contains(found) || found.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(found))))
  }
  const [top, left] = [Math.max(target.top, 0), Math.max(target.left, 0)]
  const [bottom, right] = [Math.min(target.bottom, innerHeight), Math.min(target.right, innerWidth)]
  return {
    name: (element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent || element.name || element.tagName).trim().replace(/\s+/g, ' ').slice(0, 80),
    visible: element.matches(':focus-visible') && (ring || filled || drawn.boxShadow !== 'none'),
    uncovered: bottom > top && right > left && inside((top + bottom) / 2, (left + right) / 2)
  }
}

/** The keyboard of a person. */
export class Keys {
  constructor(person) {
    this.page = person.page
    // Who listens for a dialog has the browser hand it over. That takes a moment, and a press must not come before it.
    this.page.on('filechooser', () => {})
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  async type(text) {
    await this.page.keyboard.type(text)
  }

  /** Presses a key and looks at what has the focus then: it must be seen, and nothing may cover it (WCAG 2.4.7, 2.4.11). */
  async step(key = 'Tab') {
    await this.press(key)
    const seen = await this.page.evaluate(look)
    if (!seen) return undefined
    assert.ok(seen.visible, `the focus on “${seen.name}” can’t be seen (${this.page.url()})`)
    assert.ok(seen.uncovered, `something covers “${seen.name}” (${this.page.url()})`)
    return seen
  }

  /** Tabs to what a locator finds. */
  async to(locator) {
    const passed = []
    for (let presses = 0; presses < patience; presses += 1) {
      passed.push((await this.step())?.name ?? '(the page)')
      if (await locator.evaluateAll((found) => found.includes(document.activeElement))) return
    }
    assert.fail(`Tab never came to ${locator}, but to ${passed.join(' · ')}`)
  }

  /** Tabs to something and presses it. */
  async use(locator, key = 'Enter') {
    await this.to(locator)
    await this.press(key)
  }

  /** Tabs to a link or a button that leads to another page, and presses it. */
  async follow(locator) {
    await this.to(locator)
    await Promise.all([this.page.waitForEvent('load'), this.press('Enter')])
  }

  /** Tabs to a field and types into it, in place of what is there. */
  async fill(locator, text) {
    await this.to(locator)
    await this.press('ControlOrMeta+A')
    await this.type(text)
  }

  /** Tabs through the whole page, and says what it came by. No part may keep the focus (WCAG 2.1.2). */
  async roundTrip() {
    const stops = []
    for (let presses = 0; presses < patience * 2; presses += 1) {
      const seen = await this.step()
      if (!seen) return stops
      stops.push(seen.name)
    }
    return assert.fail(`the keys never left ${this.page.url()}, and went round ${stops.slice(-10).join(' · ')}`)
  }

  /** Chooses files by a file field that has the focus, as Space opens the browser’s own dialog for it. */
  async choose(locator, files) {
    await this.to(locator)
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.press('Space')])
    await chooser.setFiles(files)
  }
}
