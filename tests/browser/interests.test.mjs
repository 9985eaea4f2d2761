// Whoever has an interest in a complaint gives it up (policy 3.4), a request for stage 2 is refused on one of the grounds (4.12), and an upheld
// complaint brings a lesson or the reason why there is none (6.2). Alone: node --test tests/browser/interests.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Person, launch } from './person.mjs'
import { day } from './given.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, defines, loggedIn, records } from './workspace.mjs'

const ola = 'ola.frost@interests.example'
const tam = 'tam.wilde@interests.example'
const vera = 'vera.lunn@interests.example'
const noah = 'noah.reed@interests.example'

describe('interests and endings', { timeout: 8 * 60_000 }, () => {
  let browser, portal, investigator, colleague, manager, other, reference

  const at = (end = '') => `/service-complaints/${reference}${end}`
  const step = async (person, name) => assert.equal((await person.go(at(`/steps/${name}`))).status(), 200, name)
  const recordsStep = async (person, name, fill = () => {}) => {
    await step(person, name)
    await fill()
    await person.field('Where can it be seen?').fill('The letter on file')
    await person.button('Record it').click()
  }

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, 'Ola Frost', ola, 'complaints-investigator')
    await aColleague(portal, 'Tam Wilde', tam, 'complaints-investigator')
    for (const [name, username] of [['Vera Lunn', vera], ['Noah Reed', noah]]) await aColleague(portal, name, username, 'customer-insight-manager')
    investigator = await loggedIn(browser, portal, ola)
    colleague = await loggedIn(browser, portal, tam)
    manager = await loggedIn(browser, portal, vera)
    other = await loggedIn(browser, portal, noah)
    reference = await records(investigator, { name: 'Iris Cole', email: 'iris.cole@interests.example' })
    await defines(investigator, reference)
    await recordsStep(investigator, 'acknowledge')
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('sc_4_3_4 an interest is declared with what it is, and from then on the complaint is closed to its holder', async () => {
    await step(investigator, 'promise')
    await investigator.field('What is to be done?').fill('Call Iris Cole about the repair')
    await investigator.page.locator('select[name=owner_id]').selectOption({ label: 'Ola Frost' })
    await investigator.field('By when?').fill(day(14).typed)
    await investigator.button('Promise it').click()
    await investigator.go(at())
    await investigator.page.getByText('Other steps').click()
    await investigator.link('Declare an interest in it').click()
    assert.equal(await investigator.heading(), 'Declare an interest in it')
    assert.equal(await investigator.page.locator('select[name=account_id]').count(), 0)
    await investigator.picture('interest')
    await investigator.button('Declare it').click()
    assert.equal((await investigator.problems()).length, 2)
    assert.equal(await investigator.problemOf('reason'), 'Enter what colleagues should know about it')
    await investigator.picture('interest-problems')
    await investigator.field('I know the person who complains').check()
    await investigator.field('What should colleagues know about it?').fill('Iris Cole is my neighbour.')
    await investigator.button('Declare it').click()
    await investigator.sees('The interest is declared.')
    await investigator.picture('interest-declared')
    for (const page of ['', '/timeline', '/letters', '/steps/note', '/files']) {
      assert.equal((await investigator.go(at(page))).status(), 403, page)
    }
    await investigator.sees('A colleague deals with it, so you can’t see it or do anything about it.')
    await investigator.picture('interest-kept-out')
    await investigator.go('/service-complaints')
    assert.equal(await investigator.page.getByText(reference).count(), 0)
  })

  test('sc_4_3_4 the managers are told, and the complaint waits until somebody else has it', async () => {
    await until(async () => {
      await manager.go('/notifications')
      return (await manager.page.getByText(/has an interest in it/).count()) > 0
    }, 'the word of the interest')
    await manager.sees(`Service complaint ${reference}`)
    await manager.go(at())
    await manager.sees('Interests that colleagues have in it')
    await manager.sees(/Iris Cole is my neighbour/)
    await manager.picture('interest-of-a-colleague')
    await step(manager, 'assign')
    const offered = await manager.page.locator('select[name=handler_id] option').allInnerTexts()
    assert.ok(offered.includes('Tam Wilde') && !offered.includes('Ola Frost'), offered.join(', '))
    await manager.page.locator('select[name=handler_id]').selectOption({ label: 'Tam Wilde' })
    await manager.button('Give it').click()
    await manager.sees('The complaint has been given to them.')
  })

  test('sc_10_4_29 what whoever has an interest was to do is given to a colleague', async () => {
    await manager.go(at('/remedies'))
    await manager.sees('Whoever is accountable has an interest in the complaint')
    await manager.picture('action-left')
    await manager.go('/service-complaints/monitoring?show=all')
    await manager.sees('Whoever is accountable has an interest')
    await manager.picture('action-left-in-the-list')
    await manager.go(at())
    await manager.link('Give to a colleague: Call Iris Cole about the repair').click()
    assert.equal(await manager.heading(), 'Give an action to a colleague')
    await manager.button('Give it').click()
    assert.equal(await manager.problemOf('owner_id'), 'Choose who is accountable')
    await manager.picture('action-given-problem')
    const offered = await manager.page.locator('select[name=owner_id] option').allInnerTexts()
    assert.ok(!offered.includes('Ola Frost'), offered.join(', '))
    await manager.page.locator('select[name=owner_id]').selectOption({ label: 'Tam Wilde' })
    await manager.button('Give it').click()
    await manager.sees('The action has been given to them.')
    await manager.sees(/Tam Wilde is accountable/)
  })

  test('sc_8_4_12 stage 2 is refused on a ground, which the letter and the complaint’s page say', async () => {
    await colleague.go(at())
    await colleague.page.locator('.govuk-task-list').getByRole('link', { name: /^Finding/ }).click()
    await colleague.page.getByLabel('Upheld', { exact: true }).check()
    await colleague.field('Why, in words for the person').fill('Nobody took the call over.')
    await colleague.button('Save the finding').click()
    await step(colleague, 'offer')
    await colleague.page.getByLabel('Apology', { exact: true }).check()
    await colleague.field('In a sentence for the person').fill('We are sorry that nobody called you.')
    await colleague.button('Offer it').click()
    await recordsStep(colleague, 'answer-stage-1')
    await colleague.sees('Stage 1 answered')
    await step(colleague, 'request-stage-2')
    await colleague.field('Why does the person disagree?').fill('I waited for so long.')
    await colleague.field('What was not covered, or missed?').fill('How long I waited')
    await colleague.button('Record it').click()
    await colleague.sees('Stage 2 requested')

    // Whoever gave stage 1 to somebody had a part in it.
    await manager.go(at('/letters/write?kind=LETTER_KIND_ESCALATION_REFUSED'))
    await manager.button('Continue').click()
    assert.equal(await manager.problemOf('kind'), 'Stage 2 goes to a colleague who had no part in stage 1')
    await manager.picture('refusal-letter-involved')
    await other.go(at('/letters/write?kind=LETTER_KIND_ESCALATION_REFUSED'))
    await other.button('Continue').click()
    await other.picture('refusal-letter')
    await other.button('Save and see the letter').click()
    await other.sees(/ground/)
    await other.picture('refusal-letter-missing')
    await other.go(at('/steps/reject'))
    await other.picture('refusal')
    await other.field('Where can it be seen?').fill('The letter on file')
    await other.field('Why is it rejected?').fill('Our answer covers how long you waited.')
    await other.button('Reject it').click()
    assert.match(await other.problemOf('ground'), /ground/)
    await other.picture('refusal-problem')
    await other.page.getByLabel('Excluded by the policy').check()
    await other.button('Reject it').click()
    assert.equal(await other.problemOf('exclusion'), 'Choose why the policy excludes it')
    await other.page.locator('select[name=exclusion]').selectOption({ label: 'Another ombudsman or regulator is responsible (policy 2.6)' })
    await other.button('Reject it').click()
    assert.equal(await other.problemOf('signpost'), 'Say who is responsible, so that the person can go there')
    await other.picture('refusal-excluded')
    await other.page.locator('select[name=exclusion]').selectOption('')
    await other.page.getByLabel(/nothing new|nothing that we missed/i).check()
    await other.button('Reject it').click()
    await other.sees('Ground')
    await other.picture('refused')
  })

  test('sc_13_6_2 whoever records no lesson of an upheld complaint says why', async () => {
    await colleague.go(`/service-complaints/learning/new?complaint=${reference}`)
    await colleague.field('Theme').selectOption({ index: 1 })
    await colleague.field('What did we learn?').fill('Calls are promised for days on which nobody calls')
    await colleague.field('What is to be done?').fill('Offer days on which somebody calls')
    await colleague.field('Who sees to it?').selectOption({ label: 'Ola Frost' })
    await colleague.field('By when?').fill(day(20).typed)
    await colleague.button('Record it').click()
    assert.match(await colleague.problemOf('owner_id'), /interest/)
    await colleague.picture('lesson-interest')

    await colleague.go(at())
    await colleague.page.getByRole('link', { name: 'Say why there is no lesson' }).click()
    await colleague.picture('no-lesson')
    await colleague.button('Save').click()
    assert.equal(await colleague.problemOf('reason'), 'Enter a reason')
    await colleague.picture('no-lesson-problem')
    await colleague.field('Why is there nothing to learn?').fill('The lesson about promised calls is recorded, and its action is under way.')
    await colleague.button('Save').click()
    await colleague.sees('It is recorded why there is no lesson.')
    await colleague.sees(/No lesson was recorded: The lesson about promised calls/)
    await colleague.picture('no-lesson-recorded')
  })

  test('sc_4_3_4 a manager says that a colleague has an interest, who sees nothing of the complaint from then on', async () => {
    await other.go(at())
    await other.page.getByText('Other steps').click()
    await other.link('Declare an interest in it').click()
    await other.picture('interest-of-another')
    await other.page.locator('select[name=account_id]').selectOption({ label: 'Vera Lunn' })
    await other.field('Knows the person who complains').check()
    await other.field('What should colleagues know about it?').fill('They are related.')
    await other.button('Declare it').click()
    await other.sees('The interest is declared.')
    await other.sees(/said by Noah Reed/)
    await other.picture('interest-of-another-said')
    assert.equal((await manager.go(at())).status(), 403)
    await until(async () => {
      await manager.go('/notifications')
      return (await manager.page.getByText(reference).count()) === 0
    }, 'a bell without the complaint')
    await manager.picture('bell-without-it')
  })

  test('sc_1_1_7 the whole procedure is a page that anybody reads, and leads to the form and the factsheet', async () => {
    const anyone = await Person.at(browser, portal)
    await anyone.go('/complain')
    await anyone.page.locator('main a[href="/complain/policy"]').first().click()
    assert.equal(await anyone.heading(), 'How we deal with complaints about our service')
    await anyone.picture('complain-policy')
    await anyone.link('The factsheet, shorter and in other formats').click()
    await anyone.picture('complain-factsheet')
    anyone.assertContent()
    await anyone.context.close()
  })

  test('nothing on any page broke its policy or its scripts', () => {
    for (const person of [investigator, colleague, manager, other]) person.assertContent()
  })
})
