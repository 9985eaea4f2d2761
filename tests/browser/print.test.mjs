// What comes out of the printer: a case and its tasks as pages to keep.
// Alone: node --test tests/browser/print.test.mjs

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aTask, anAdministrator, byCaseworker, shows } from './given.mjs'
import { launch, pictures } from './person.mjs'
import { Portal } from './portal.mjs'

describe('in print', { timeout: 5 * 60_000 }, () => {
  let browser, portal, reference, fay

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    const landlord = await aLandlord(portal, 'Quarry Homes', 'Fay Lomax', 'fay.lomax@quarry.example')
    reference = await aCase(portal, landlord, 'Linden Ware', 'Leak in the roof')
    for (let number = 1; number <= 12; number += 1) {
      await aTask(portal, reference, `Send the report of visit ${number}`, { due: number, instructions: `Please name the engineer of visit ${number}.` })
    }
    await byCaseworker(portal, 'message', 'write', reference, 'The roof has leaked since March.')
    fay = await anAdministrator(browser, portal, landlord, 'candle orbit meadow')
    await shows(fay, `/cases/${reference}/tasks`, 'Send the report of visit 12')
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  for (const [name, address, says] of [
    ['case-overview', '', ['Linden Ware', 'Leak in the roof', 'What has happened', 'Takes all first enquiries']],
    ['case-tasks', '/tasks', ['Send the report of visit 12', 'Please name the engineer of visit 7.', 'Approaching']],
    ['case-documents', '/documents', ['Documents', 'Linden Ware']],
    ['case-messages', '/messages', ['The roof has leaked since March.', 'Amara Feldon']],
    ['my-tasks', undefined, ['Send the report of visit 12', 'Please name the engineer of visit 7.', 'Linden Ware']]
  ]) {
    test(`WH-3 ${name} prints what it says and nothing that one can’t press on paper`, async () => {
      const { page } = fay
      await fay.go(address === undefined ? '/tasks' : `/cases/${reference}${address}`)
      await page.emulateMedia({ media: 'print' })
      // What the margins of an A4 page leave of its width.
      await page.setViewportSize({ width: 718, height: 1000 })

      const paper = await page.locator('body').innerText()
      for (const text of ['Housing Ombudsman Service', ...says]) assert.ok(paper.includes(text), text)
      for (const control of ['button', 'input', 'textarea', 'select', 'form', 'footer', 'header nav', '.govuk-back-link', '.govuk-skip-link', '.house-menu', 'dialog']) {
        const shown = await page.locator(control).evaluateAll((all) => all.filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 120)))
        assert.deepEqual(shown, [], control)
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(over <= 0, `${over} pixels would be cut off`)
      const share = await page.locator('main').evaluate((it) => {
        const widths = [...it.querySelectorAll('.house-table, .govuk-summary-list, .house-empty, .house-thread')].map((part) => part.getBoundingClientRect().width)
        return Math.min(...widths) / it.getBoundingClientRect().width
      })
      assert.ok(share > 0.9, `a part takes only ${share} of the paper’s width`)

      await page.emulateMedia({ media: null })
      const pdf = await page.pdf({ format: 'A4', margin: { top: '15mm', right: '10mm', bottom: '15mm', left: '10mm' } })
      assert.match(pdf.subarray(0, 5).toString(), /%PDF-/)
      await writeFile(path.join(pictures, `${name}-print.pdf`), pdf)
      fay.assertContent()
    })
  }
})
