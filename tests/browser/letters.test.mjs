// Letters about service complaints: begun from what is to be done next, checked, mended, seen, sent and posted (SC-12). The numbers in the names are
// paragraphs of the policy. Alone: node --test tests/browser/letters.test.mjs

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { day } from './given.mjs'
import { Keys } from './keys.mjs'
import { launch } from './person.mjs'
import { Portal } from './portal.mjs'
import { aColleague, alsoLoggedIn, defines, doesNext, loggedIn, records } from './workspace.mjs'

const ines = 'ines.vestey@letters.example'
const omar = 'omar.lund@letters.example'
const grace = 'grace.tilney@letters.example'
const noor = 'noor.halim@letters.example'
const peter = 'peter.howe@letters.example'
const asha = 'asha.verma@letters.example'

describe('letters about a complaint', { timeout: 10 * 60_000 }, () => {
  let browser, portal, writer, reference, printed

  const of = (complaint, end = '') => `/service-complaints/${complaint}${end}`
  const draft = () => writer.page.url().match(/drafts\/([\w-]+)/)[1]
  const letter = (person = writer) => person.page.locator('.govuk-inset-text').last().innerText()

  /** Chooses a kind of letter, which the page that leads here has chosen already. */
  async function begins(person, kind) {
    assert.equal(await person.heading(), 'Write a letter')
    assert.equal(await person.page.getByLabel(kind, { exact: true }).isChecked(), true)
    await person.button('Continue').click()
    assert.equal(await person.heading(), 'Write the letter')
  }

  async function sends(person) {
    await person.button('Send the letter').click()
    await person.sees('The letter is on its way by email.')
  }

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, 'Ines Vestey', ines, 'complaints-investigator')
    await aColleague(portal, 'Omar Lund', omar, 'complaints-investigator')
    await aColleague(portal, 'Grace Tilney', grace, 'customer-insight-manager')
    await aColleague(portal, 'Noor Halim', noor, 'independent-reviewer')
    await aColleague(portal, 'Peter Howe', peter, 'caseworker', '--team', 'dispute-support')
    writer = await loggedIn(browser, portal, ines)
    reference = await records(writer, { name: 'Asha Verma', email: asha })
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('a complaint has no letters at first, and which one is written must be chosen', async () => {
    await writer.go(of(reference, '/letters'))
    await writer.sees('No letter has been sent yet.')
    await writer.picture('letters-none')
    await writer.button('Write a letter').click()
    await writer.button('Continue').click()
    assert.equal(await writer.problemOf('kind'), 'Choose which letter you write')
    await writer.picture('letters-choose-problem')
    await writer.go('/service-complaints/letters')
    await writer.picture('letters-to-post')
  })

  test('4.1 what an acknowledgement lacks is named, and leads to where it is given', async () => {
    await writer.go(of(reference, '/letters/write?kind=LETTER_KIND_ACKNOWLEDGEMENT'))
    await begins(writer, 'Acknowledgement')
    await writer.picture('letters-write')
    await writer.button('Save and see the letter').click()
    await writer.sees('What is missing')
    assert.equal(await writer.button('Send the letter').count(), 0)
    await writer.picture('letters-missing')
    await writer.page.locator('#missing-why + ul').getByRole('link', { name: /definition/ }).click()
    assert.equal(new URL(writer.page.url()).pathname, of(reference))
    await writer.picture('letters-next-draft')
    await defines(writer, reference)
  })

  test('40 words to avoid are shown in the letter, and it goes once they are mended or confirmed', async () => {
    await doesNext(writer, reference, 'Go on with the letter: Acknowledgement')
    await writer.link('Change what you wrote').click()
    await writer.page.getByLabel('Add a standard paragraph').selectOption({ index: 1 })
    await writer.field('Your own words').fill('Going forward, we will endeavour to call you whilst we look at it.')
    await writer.button('Save and see the letter').click()
    await writer.sees('Empty it to take it out')
    await writer.picture('letters-paragraph')
    await writer.button('Save and see the letter').click()
    await writer.sees('What is not plain English')
    const marked = await writer.page.locator('mark').allInnerTexts()
    for (const words of ['Going forward', 'endeavour', 'whilst']) assert.ok(marked.includes(words), `${words} among ${marked}`)
    await writer.picture('letters-not-plain')
    // Words in braces are for the writer to put their own in the place of.
    assert.equal(await writer.button('Send the letter').count(), 0)
    await writer.page.locator('#missing-why + ul').getByRole('link', { name: 'words in the place of {what went wrong}' }).click()
    await writer.field('We are sorry').fill('I am sorry that nobody called.')
    await writer.button('Save and see the letter').click()

    await writer.button('Send the letter').click()
    assert.match(await writer.problemOf('findings_confirmed'), /Mend what is not plain English, or tick/)
    await writer.picture('letters-not-plain-problem')
    await writer.link('Change what you wrote').click()
    await writer.field('Your own words').fill('From now on we will try to call you while we look at it.')
    await writer.field('We are sorry').fill('')
    await writer.button('Save and see the letter').click()
    assert.equal(await writer.page.locator('mark').count(), 0)
    await writer.picture('letters-plain')
    const mark = await portal.mark(asha)
    await sends(writer)
    await writer.picture('letters-sent')
    const email = await portal.email(asha, ({ text }) => text.includes('From now on we will try'), mark)
    assert.ok(email.text.includes(`Reference: ${reference}`))

    await writer.go(of(reference))
    await writer.sees('Stage 1 investigation')
  })

  test('4.3 an extension, the response and stage 2 are each told by the letter that is next', async () => {
    await writer.go(of(reference, '/steps/extend'))
    await writer.field('By how many working days?').fill('5')
    await writer.field('Why is more time needed?').fill('We wait for a recording.')
    await writer.button('Extend it').click()
    await doesNext(writer, reference, 'Write the letter: Extension')
    await begins(writer, 'Extension')
    await writer.field('When does the person hear from us again?').fill(day(7).typed)
    await writer.button('Save and see the letter').click()
    assert.match(await letter(), /We wait for a recording/)
    await writer.page.getByRole('link', { name: 'record that here' }).click()
    await writer.sees('Sending the letter from here tells the person and records this step.')
    await writer.picture('letters-step')
    await writer.page.goBack()
    await confirmsIfAsked(writer)
    await sends(writer)

    await doesNext(writer, reference, 'Finding: The call that was promised')
    await writer.page.getByLabel('Not upheld', { exact: true }).check()
    await writer.field('Why, in words for the person').fill('We called you on the day that we had said.')
    await writer.button('Save the finding').click()
    await doesNext(writer, reference, 'Write the letter: Stage 1 response')
    await begins(writer, 'Stage 1 response')
    await writer.button('Save and see the letter').click()
    assert.match(await letter(), /We called you on the day that we had said/)
    await writer.picture('letters-response')
    await confirmsIfAsked(writer)
    await sends(writer)
    await writer.go(of(reference))
    await writer.sees('The person can ask for stage 2 until')
    await writer.picture('letters-answered')

    await writer.go(of(reference, '/steps/request-stage-2'))
    await writer.field('Why does the person disagree?').fill('You called another number.')
    await writer.field('What was not covered, or missed?').fill('Which number was called')
    await writer.button('Record it').click()
    await doesNext(writer, reference, 'Give it to a colleague')
    await writer.field('Who handles it?').selectOption({ label: 'Ines Vestey' })
    await writer.button('Give it').click()
    assert.equal(await writer.problemOf('handler_id'), 'Stage 2 goes to a colleague who had no part in stage 1')
    await writer.field('Who handles it?').selectOption({ label: 'Omar Lund' })
    await writer.button('Give it').click()
    await doesNext(writer, reference, 'Write the letter: Stage 2 acknowledgement')
    await begins(writer, 'Stage 2 acknowledgement')
    await writer.button('Save and see the letter').click()
    assert.match(await letter(), /Omar Lund/)
    await confirmsIfAsked(writer)
    await sends(writer)
    await writer.go(of(reference, '/letters'))
    assert.equal(await writer.page.locator('.house-finding').count(), 4)
    await writer.picture('letters-list')
  })

  /** Ticks that the letter goes all the same, where our own standard words are what is long. */
  async function confirmsIfAsked(person) {
    const box = person.page.getByLabel(/I have read what is not plain English/)
    if (await box.count()) await box.check()
  }

  test('a letter that a colleague changed meanwhile is read once more before it goes', async () => {
    const other = await alsoLoggedIn(browser, portal, ines)
    await writer.go(of(reference, '/letters/write?kind=LETTER_KIND_PROGRESS_UPDATE'))
    await begins(writer, 'Progress update')
    await writer.field('What has been done').fill('We have asked for the recording.')
    await writer.field('When does the person hear from us again?').fill(day(7).typed)
    await writer.button('Save and see the letter').click()
    const id = draft()
    await other.go(of(reference, `/letters/drafts/${id}/edit`))
    await other.field('What has been done').fill('We have the recording.')
    await other.button('Save and see the letter').click()
    await confirmsIfAsked(writer)
    await writer.button('Send the letter').click()
    assert.match((await writer.problems())[0], /changed since you opened this page/)
    assert.match(await letter(), /We have the recording/)
    await writer.picture('letters-stale')

    await writer.go(of(reference, '/letters/write'))
    await writer.page.getByRole('link', { name: 'Go on with the letter: Progress update' }).click()
    await writer.button('Throw the draft away').click()
    await writer.sees('The draft is thrown away.')
    other.assertContent()
    await other.context.close()
  })

  test('large print is seen as a PDF, sent and posted by the keys alone', async () => {
    printed = await records(writer, { name: 'Ben Okoro', address: '1 Elm Road\nLeeds LS1 1AA', format: 'Large print' })
    await defines(writer, printed)
    const keys = new Keys(writer)
    const { page } = writer
    await keys.follow(page.getByRole('link', { name: 'Write the letter: Acknowledgement' }))
    await keys.follow(writer.button('Continue'))
    await keys.fill(writer.field('Your own words'), 'We are sorry that nobody called.')
    await keys.follow(writer.button('Save and see the letter'))
    await writer.sees('On paper, in large print, which you print and post')
    const download = async (name) => {
      await keys.to(page.getByRole('link', { name }))
      const [file] = await Promise.all([page.waitForEvent('download'), keys.press('Enter')])
      const content = await readFile(await file.path())
      assert.equal(content.subarray(0, 5).toString(), '%PDF-')
      return file.suggestedFilename()
    }
    assert.equal(await download('See it as it will be printed (PDF)'), `draft-${printed}.pdf`)
    await writer.picture('letters-large-print')
    await page.reload()
    if (await page.getByLabel(/I have read what is not plain English/).count()) {
      await keys.use(page.getByLabel(/I have read what is not plain English/), 'Space')
    }
    await keys.follow(writer.button('Send the letter'))
    await writer.sees('The letter is ready. Print its PDF, post it, and record that you did.')
    const sent = page.url()
    assert.equal(await download('Download the letter as a PDF'), `letter-${printed}.pdf`)

    await writer.go('/service-complaints/letters')
    await writer.picture('letters-to-post-one')
    await keys.follow(page.getByRole('link', { name: `${printed}: Acknowledgement` }))
    const second = await page.context().newPage()
    await second.goto(sent)
    await keys.follow(writer.button('Record that it was posted'))
    await writer.sees('It is recorded that the letter went to the post.')
    await writer.sees(/posted .* by Ines Vestey/)
    await second.getByRole('button', { name: 'Record that it was posted' }).click()
    await second.getByText('Somebody recorded already that the letter went to the post.').waitFor()
    await second.close()
    await writer.go('/service-complaints/letters')
    assert.equal(await page.getByRole('link', { name: `${printed}: Acknowledgement` }).count(), 0)
  })

  test('easy read is written and sent without JavaScript', async () => {
    const plain = await alsoLoggedIn(browser, portal, ines, { javaScriptEnabled: false })
    const to = 'cleo.park@letters.example'
    const easy = await records(plain, { name: 'Cleo Park', email: to, format: 'Easy read' })
    await defines(plain, easy)
    await doesNext(plain, easy, 'Write the letter: Acknowledgement')
    await begins(plain, 'Acknowledgement')
    await plain.button('Save and see the letter').click()
    await plain.sees('By email, in easy read')
    const longest = (await letter(plain)).split(/[.:!?\n]/).map((it) => it.trim().split(/\s+/).length)
    assert.ok(Math.max(...longest) <= 25, 'short sentences')
    await confirmsIfAsked(plain)
    const mark = await portal.mark(to)
    await sends(plain)
    const email = await portal.email(to, ({ text }) => text.includes(easy), mark)
    assert.ok(email.html.length > 0)
    await plain.context.close()
  })

  test('2.8 what is not accepted says why and where to go, and ends the complaint', async () => {
    const refused = await records(writer, { name: 'Dara Quinn', email: 'dara.quinn@letters.example' })
    await defines(writer, refused)
    await writer.go(of(refused, '/steps/exclude'))
    await writer.link('Write the letter').click()
    await begins(writer, 'Not accepted')
    await writer.button('Save and see the letter').click()
    await writer.page.locator('#missing-why + ul').getByRole('link', { name: /the reason why it is not accepted/ }).click()
    await writer.field('Why is it not accepted?').selectOption({ index: 1 })
    await writer.field('What do you tell the person about it?').fill('We answered this complaint in May.')
    await writer.picture('letters-not-accepted')
    await writer.button('Save and see the letter').click()
    await confirmsIfAsked(writer)
    await sends(writer)
    await writer.go(of(refused))
    await writer.sees('How it ended')
    await writer.picture('letters-ended')
  })

  test('the library is kept by the manager, and mistakes stand beside their fields', async () => {
    const manager = await loggedIn(browser, portal, grace)
    await manager.go('/service-complaints/paragraphs')
    await manager.picture('letters-library')
    await manager.button('Add a paragraph').click()
    await manager.field('Topic').fill('Delays')
    await manager.button('Save').click()
    assert.ok(await manager.problemOf('title'))
    assert.ok(await manager.problemOf('text'))
    await manager.picture('letters-library-problem')
    await manager.field('Title').fill('A colleague is away')
    await manager.field('Text').fill('{name}, your colleague is away until {when}.')
    await manager.button('Save').click()
    await manager.sees('The paragraph is in the library.')
    await manager.page.getByRole('link', { name: 'Change A colleague is away' }).click()
    await manager.field('Text').fill('{name}, the colleague who looks at your complaint is away until {when}.')
    await manager.button('Save').click()
    await manager.sees('The paragraph is changed.')
    await manager.page.getByRole('button', { name: 'Take out A colleague is away' }).click()
    await manager.sees('The paragraph is taken out of the library.')
    manager.assertContent()
    await manager.context.close()

    await writer.go('/service-complaints/paragraphs')
    assert.equal(await writer.page.getByRole('button', { name: /^Take out/ }).count(), 0)
    assert.equal((await writer.go('/service-complaints/paragraphs/add')).status(), 404)
  })

  test('the independent reviewer reads letters and writes none, and for a caseworker there are none', async () => {
    const reader = await loggedIn(browser, portal, noor)
    assert.equal((await reader.go(of(reference, '/letters'))).status(), 200)
    assert.equal(await reader.button('Write a letter').count(), 0)
    await reader.page.getByRole('link', { name: /^Acknowledgement/ }).click()
    assert.equal(await reader.heading(), 'Acknowledgement')
    assert.equal((await reader.go(of(reference, '/letters/write'))).status(), 404)
    assert.equal((await reader.go('/service-complaints/letters')).status(), 404)
    await reader.context.close()

    const other = await loggedIn(browser, portal, peter)
    for (const end of ['/letters', '/letters/write']) assert.equal((await other.go(of(reference, end))).status(), 404, end)
    assert.equal((await other.go('/service-complaints/paragraphs')).status(), 404)
    await other.context.close()
  })

  test('nothing on any page broke its policy or its scripts', () => writer.assertContent())
})
