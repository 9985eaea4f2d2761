// A complaint that a call closes, what is asked before it may, who has complained before, and a person who does not answer (policy 2.6, 3.2, 37.1, 44.1).
// Alone: node --test tests/browser/telephone.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launch } from './person.mjs'
import { Portal } from './portal.mjs'
import { aColleague, defines, loggedIn, records } from './workspace.mjs'

const noor = 'noor.hale@calls.example'
const person = { name: 'Gia North', email: 'gia.north@calls.example' }

describe('calls and silences', { timeout: 6 * 60_000 }, () => {
  let browser, portal, worker, reference

  const at = (end = '') => `/service-complaints/${reference}${end}`

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, 'Noor Hale', noor, 'complaints-investigator')
    worker = await loggedIn(browser, portal, noor)
    reference = await records(worker, person)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('SC-7 3.2 a call closes nothing before the definition and the needs are recorded, and the form leads there', async () => {
    await worker.go(at('/steps/telephone'))
    await worker.picture('telephone-not-asked')
    await worker.field('Note of the call').fill('Gia is glad that we rang.')
    await worker.field('I told the person that the call closes the complaint').check()
    await worker.button('End the complaint').click()
    assert.match((await worker.problems())[0], /^A call can’t close it without|without the definition/)
    await worker.picture('telephone-not-asked-problem')
    await worker.page.locator('main').getByRole('link', { name: 'Set out the definition and the person’s needs' }).click()
    assert.equal(await worker.heading(), 'Set out the definition and the person’s needs')
  })

  test('SC-7 37.1 the person must know that the call closes the complaint', async () => {
    await defines(worker, reference)
    await worker.go(at('/steps/telephone'))
    assert.equal(await worker.page.locator('#not_asked').count(), 0)
    await worker.picture('telephone')
    await worker.button('End the complaint').click()
    assert.equal(await worker.problemOf('note'), 'Enter a note')
    await worker.field('Note of the call').fill('Gia is glad that we rang, and wants no letter.')
    await worker.button('End the complaint').click()
    assert.match(await worker.problemOf('told_it_closes'), /closes/)
    await worker.picture('telephone-problems')
    await worker.field('I told the person that the call closes the complaint').check()
    await worker.button('End the complaint').click()
    await worker.sees('The complaint has ended: it was resolved by telephone.')
    await worker.picture('telephone-ended')
  })

  test('SC-2 2.6 whoever complains again is recognised, and the complaints lead to each other', async () => {
    const first = reference
    reference = await records(worker, { ...person, summary: 'You called me by another name.' })
    const others = worker.page.locator('h2', { hasText: 'Other complaints of the person or the case' }).locator('+ ul')
    assert.match(await others.innerText(), new RegExp(`${first} Gia North, received on`))
    await worker.picture('other-complaints')
    await others.getByRole('link', { name: first }).click()
    assert.match(await others.innerText(), new RegExp(reference))
  })

  test('SC-3 44.1 that there was no reply needs when the person was asked again, and where that can be seen', async () => {
    await defines(worker, reference)
    await worker.go(at('/steps/acknowledge'))
    await worker.field('Where can it be seen?').fill('The letter on file')
    await worker.button('Record it').click()
    await worker.go(at('/steps/outcome'))
    await worker.picture('no-reply')
    await worker.button('Record it').click()
    assert.equal(await worker.problemOf('reply'), 'Choose what the person said')
    await worker.field('No reply, though we asked again').check()
    await worker.button('Record it').click()
    assert.equal(await worker.problemOf('asked_again_on'), 'Enter when the person was asked again')
    assert.equal(await worker.problemOf('asked_again_proof'), 'Enter where it can be seen that the person was asked again')
    await worker.picture('no-reply-problems')
    await worker.field('It is right').check()
    await worker.button('Record it').click()
    await worker.sees('What the person said is recorded.')
  })

  test('nothing on any page broke its policy or its scripts', () => {
    assert.deepEqual(worker.complaints, [])
  })
})
