// Messages in a real browser (ME-1 to ME-5): what is new and when it counts as read, documents chosen from the case and uploaded, technical
// problems, long threads, and text of any kind.
//
// Alone: node --test messages.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aDocument, aLandlord, anAdministrator, byCaseworker, shows } from './given.mjs'
import * as files from './files.mjs'
import { launch } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'copper meadow lantern'

describe('messages', { timeout: 5 * 60_000 }, () => {
  let portal, browser, landlord, nell, page, reference, other, address

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Tideway Homes', 'Nell Abara', 'nell.abara@tideway.example')
    nell = await anAdministrator(browser, portal, landlord, password)
    page = nell.page
    reference = await aCase(portal, landlord, 'Rosa Lind', 'A leak that comes back')
    other = await aCase(portal, landlord, 'Omar Fell', 'A lift that stands still')
    address = `/cases/${reference}/messages`
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const write = (on, text, ...more) => byCaseworker(portal, 'message', 'write', on, text, ...more)
  /** The counts of the header and of the case's tab. */
  const counts = async () => {
    const shown = await page.locator('[data-unread] > [aria-hidden]').allInnerTexts()
    return shown.join(' ')
  }
  const thread = () => page.locator('.moj-message-item__text').allInnerTexts()
  const send = () => nell.button('Send Message').click()
  const isSent = () => nell.sees('Your message was sent')

  test('me_1_before_the_first_message_there_is_nothing_to_reply_to', async () => {
    await shows(nell, address, 'There are no messages on this case. When we have sent you a message, you can reply to it here.')
    assert.equal(await nell.button('Send Message').count(), 0)
    await nell.go('/messages')
    await nell.sees('You have no new messages.')
    await nell.picture('messages-none')
    await nell.link('Show all conversations').click()
    await nell.sees('There are no messages on your cases.')
  })

  test('me_4_what_is_new_is_counted_everywhere_and_is_read_by_looking_at_it', async () => {
    await write(reference, 'When was the roof repaired?')
    await write(reference, 'And by whom?')
    await write(other, 'When will the lift run again?')
    await shows(nell, `/cases/${reference}`, 'Messages')
    await until(async () => {
      await nell.go(`/cases/${reference}`)
      return (await counts()) === '3 2'
    }, 'three unread messages, two of them on the case')
    await nell.go('/messages')
    await nell.sees('2 new')
    await nell.picture('messages-new')

    // What fetches the page does not read it.
    assert.equal((await page.context().request.get(`${portal.url}${address}`)).status(), 200)
    await nell.go(`/cases/${reference}`)
    assert.equal(await counts(), '3 2')

    const [marked] = await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/messages/read')), nell.go(address)])
    assert.equal(marked.status(), 200)
    await nell.sees('New messages')
    assert.equal(await page.locator('.moj-message-item .govuk-tag--yellow').count(), 2)
    await until(async () => (await counts()) === '1', 'one unread message, on the other case')
    assert.equal(await nell.button('Mark as read').count(), 0)
    await nell.picture('case-messages-new')
    await nell.go(address)
    assert.equal(await page.getByText('New messages').count(), 0)
    await nell.go('/messages')
    assert.equal(await page.getByRole('row').filter({ hasText: reference }).count(), 0)
    await nell.sees('1 new')
  })

  test('me_2_text_is_shown_as_it_was_typed_and_runs_nothing', async () => {
    const typed = '   1. One\n\n\n\t<script>alert(1)</script><img src=x onerror=alert(1)> & "quotes" {{ 7*7 }}'
    await nell.go(address)
    await nell.field('Write a message').fill(typed)
    await send()
    await isSent()

    assert.equal((await page.locator('.moj-message-item__text').last().textContent()), typed)
    assert.equal(await page.locator('.moj-message-item__text').last().evaluate((it) => getComputedStyle(it).whiteSpace), 'pre-wrap')
    assert.deepEqual(nell.complaints, [])
    await nell.sees('We aim to reply by')
    assert.equal(await nell.field('Write a message').inputValue(), '', 'what was sent does not come back')
  })

  test('me_2_characters_are_counted_as_a_person_counts_them', async () => {
    const family = '\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}'
    await nell.go(address)
    const field = nell.field('Write a message')
    await field.fill(family.repeat(1_999) + '\n')
    await page.getByText('You have 0 characters remaining').first().waitFor()
    await field.fill(family.repeat(2_001))
    await page.getByText('You have 1 character too many').first().waitFor()
    await send()
    assert.equal(await nell.problemOf('text'), 'Message must be 2,000 characters or fewer')
    assert.equal(await field.inputValue(), family.repeat(2_001))

    await field.fill('   \n ')
    await send()
    assert.equal(await nell.problemOf('text'), 'Enter a message')
    await nell.picture('case-messages-empty-error')
  })

  test('me_3_documents_are_chosen_from_the_case_and_uploaded_with_the_message', async () => {
    for (let n = 1; n <= 12; n += 1) await aDocument(portal, reference, `Roof report ${n}.txt`)
    const [pdf] = await files.ordinary(browser)
    const [, { file: refused, says }] = await files.refused()

    await nell.go(address)
    await nell.field('Write a message').fill('The reports,\n  as asked.')
    await nell.button('Choose documents from this case').click()
    await nell.picture('case-messages-choose')
    await nell.field('Roof report 12.txt').check()
    await nell.button('More documents').click()
    await nell.field('Roof report 2.txt').check()
    await nell.button('First documents').click()
    await nell.field('Search by name').fill('REPORT 7')
    await nell.field('Search by name').press('Enter')
    await nell.field('Roof report 7.txt').check()
    assert.deepEqual(await page.locator('input[name=attached]').evaluateAll((all) => all.length), 3)
    await nell.field('Search by name').fill('nothing like it')
    await nell.button('Search').click()
    await nell.sees('No documents have that in their names.')
    assert.equal(await nell.field('Write a message').inputValue(), 'The reports,\n  as asked.')

    // A file that is refused takes neither the text nor what was chosen with it.
    await page.locator('input[type=file]').setInputFiles([pdf, refused])
    await send()
    assert.match((await nell.problems()).join('\n'), says)
    assert.equal(await nell.field('Write a message').inputValue(), 'The reports,\n  as asked.')
    const kept = await page.locator('input[name=attached]:checked').evaluateAll((all) => all.map((it) => it.labels[0].innerText.trim()))
    assert.deepEqual(kept, ['Roof report 12.txt', 'Roof report 2.txt', 'Roof report 7.txt', pdf.name])
    await nell.picture('case-messages-refused-file')
    await nell.field('Roof report 7.txt').uncheck()
    await send()
    await isSent()

    const attached = page.locator('.moj-message-item').last().locator('ul a')
    assert.deepEqual(await attached.allInnerTexts(), ['Roof report 12.txt', 'Roof report 2.txt', pdf.name])
    await nell.picture('case-messages-attached')
  })

  test('me_3_a_document_that_is_withdrawn_is_not_attached_and_says_so_where_it_was', async () => {
    const documents = await byCaseworker(portal, 'document', 'list', reference, '--limit', '100')
    const of = (name) => documents.find((it) => it.name === name).id
    await nell.go(address)
    await nell.field('Write a message').fill('One more.')
    await nell.button('Choose documents from this case').click()
    await nell.field('Roof report 11.txt').check()
    await byCaseworker(portal, 'document', 'withdraw', of('Roof report 11.txt'), 'It is of another case.')
    await byCaseworker(portal, 'document', 'withdraw', of('Roof report 12.txt'), 'It is of another case.')
    await send()
    assert.match((await nell.problems()).join('\n'), /Roof report 11.txt is no longer there|A document that you attached is no longer there/)
    assert.equal(await nell.field('Write a message').inputValue(), 'One more.')
    assert.equal(await page.locator('input[name=attached]').count(), 0)
    await send()
    await isSent()

    await shows(nell, address, 'This document was withdrawn')
    assert.equal(await nell.link('Roof report 12.txt').count(), 0)
  })

  test('me_5_a_technical_problem_is_owed_an_answer_sooner_and_staff_see_what_they_owe', async () => {
    await nell.go(address)
    await nell.field('Write a message').fill('The download stops.')
    await nell.field('This is about a technical problem with the portal').check()
    await send()
    await isSent()
    await nell.sees('Technical problem')
    await nell.picture('case-messages-technical')

    const owed = await byCaseworker(portal, 'message', 'owed', '--case', reference)
    assert.deepEqual(owed.map((it) => Boolean(it.technicalIssue)), [true, false])
    assert.ok(owed[0].dueOn < owed[1].dueOn)
    await byCaseworker(portal, 'message', 'no-answer-needed', reference, '--technical', '--reason', 'It was mended meanwhile.')
    assert.equal((await byCaseworker(portal, 'message', 'owed', '--case', reference)).length, 1)
    await write(reference, 'Thank you for the reports.')
    assert.equal((await byCaseworker(portal, 'message', 'owed', '--case', reference)).length, 0)
    await shows(nell, address, 'Thank you for the reports.')
    await nell.sees('We aim to reply to messages within 15 working days.')
  })

  test('me_4_a_long_conversation_has_pages_and_nothing_is_read_that_was_not_shown', async () => {
    const unbroken = 'Without-any-space'.repeat(117).slice(0, 1_990)
    for (let n = 1; n <= 27; n += 1) await write(other, n === 14 ? unbroken : `Question ${n}`)
    const thread27 = `/cases/${other}/messages`
    await shows(nell, thread27, 'Question 27')
    await nell.sees('3 more new messages are on an older page.')
    assert.equal((await thread()).length, 25)
    await nell.picture('case-messages-long')
    await nell.go(thread27)
    await nell.sees('3 more new messages are on an older page.')

    await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/messages/read')), nell.link('Show older messages').click()])
    await nell.sees('There are no more messages to show.')
    assert.deepEqual(await thread(), ['When will the lift run again?', 'Question 1', 'Question 2'])
    await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/messages/read')), nell.link('Show newer messages').click()])
    await nell.sees('New messages')
    await nell.go('/messages')
    await nell.sees('You have no new messages.')
  })

  test('me_4_without_a_script_a_button_says_that_they_are_read', async () => {
    await write(reference, 'One last question.')
    const plain = await browser.newContext({ javaScriptEnabled: false, baseURL: portal.url, storageState: await page.context().storageState() })
    const noScript = await plain.newPage()
    await until(async () => {
      await noScript.goto(address)
      return noScript.getByText('One last question.').isVisible()
    }, 'the question')
    assert.equal(await noScript.getByText('New messages').count(), 1)

    await noScript.getByRole('button', { name: 'Mark as read' }).click()

    assert.equal(await noScript.getByText('New messages').count(), 0)
    assert.equal(await noScript.getByRole('button', { name: 'Mark as read' }).count(), 0)
    await plain.close()
  })

  test('me_1_a_closed_case_takes_no_more_messages', async () => {
    assert.deepEqual(nell.complaints, [])
    await byCaseworker(portal, 'case', 'move', reference, 'closed')
    await shows(nell, address, 'This case is closed, so no more messages can be sent on it.')
    assert.equal(await nell.button('Send Message').count(), 0)
    await nell.picture('case-messages-closed')
  })
})
