// Ways to have something run, for every field that somebody can fill, and a person who sees when one does.

import assert from 'node:assert/strict'

import { Person } from './person.mjs'

/** Ways to have something run. Each calls `ran`, or leaves an element of the class `injected` where it was taken for markup. */
export const payloads = [
  '<script class=injected>ran()</script>',
  '"><script class=injected>ran()</script>',
  '\'><img class=injected src=x onerror=ran()>',
  '<svg class=injected onload=ran()>',
  '<svg><script class=injected>ran()</script></svg>',
  '" autofocus onfocus=ran() class="injected',
  "' onmouseover='ran()' class='injected",
  '</textarea><script class=injected>ran()</script>',
  '</title><img class=injected src=x onerror=ran()>',
  '<!--><img class=injected src=x onerror=ran()>-->',
  '<details class=injected open ontoggle=ran()>',
  '<iframe class=injected srcdoc="<script>parent.ran()</script>"></iframe>',
  '<a class=injected href="javascript:ran()">press</a>',
  '<form class=injected action="javascript:ran()"><button autofocus>press</button></form>',
  '<math class=injected><mtext></mtext><style><img src=x onerror=ran()></style></math>',
  '<base class=injected href="https://elsewhere.example/">',
  '<meta class=injected http-equiv=refresh content="0;url=https://elsewhere.example/">',
  '<link class=injected rel=stylesheet href=/static/x.css>',
  '<style class=injected>*{display:none}</style>',
  '{{ran()}}', '${ran()}', '#{ran()}', '{% raw ran() %}', '<%= ran() %>', '{{constructor.constructor("ran()")()}}',
  'javascript:ran()', 'data:text/html,<script>parent.ran()</script>',
  '\\u003cscript\\u003eran()\\u003c/script\\u003e', '%3Cscript%3Eran()%3C/script%3E', '&lt;script&gt;ran()&lt;/script&gt;',
  '\u202e<script class=injected>ran()</script>', '<scr<script>ipt class=injected>ran()</scr</script>ipt>'
]
/** For fields that take one line: as much of it as fits into 200 characters. */
export const line = '"\'></title></textarea><img class=injected src=x onerror=ran()><script class=injected>ran()</script>{{7*7}}${7*7}'
/** For fields that take a text. */
export const text = payloads.join('\n').slice(0, 1990)

/** Who watches, and what has run so far. */
export class Watch {
  constructor(browser, portal) {
    Object.assign(this, { browser, portal, ran: [] })
  }

  /** A person whose browser tells of every script that ran, every dialog and every breach of the policy. */
  async person(options) {
    const { ran } = this
    const person = await Person.at(this.browser, this.portal, options)
    await person.context.exposeFunction('ran', () => ran.push(`a script ran on ${person.page.url()}`))
    await person.context.exposeFunction('reported', (what) => ran.push(`${what} on ${person.page.url()}`))
    await person.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => globalThis.reported(`${event.violatedDirective} was violated by ${event.blockedURI}`))
    })
    person.page.on('dialog', async (dialog) => {
      ran.push(`a dialog opened on ${person.page.url()}`)
      await dialog.dismiss()
    })
    return person
  }

  /** Nothing ran, and nothing that was typed became an element of the page. */
  async assertInert({ page }) {
    await page.waitForLoadState()
    await page.locator('details').evaluateAll((all) => all.forEach((it) => { it.open = true }))
    assert.equal(await page.locator('.injected').count(), 0, `an element of a payload on ${page.url()}`)
    assert.doesNotMatch(await page.locator('body').innerText(), /<\/script>49/, 'a template was evaluated')
    assert.deepEqual(this.ran, [])
  }
}
