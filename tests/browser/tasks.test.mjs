// Tasks in a real browser (TA-1 to TA-6): the lists and their filters, a letter that is read, a task that is completed by mistake, one that
// can't be completed, and words of any length.
//
// Alone: node --test tasks.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aLetter, anAdministrator, aTask, byCaseworker, day, shows } from './given.mjs'
import { launch, Person } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'walnut harbour sketch'
/** No line can hold them. */
const long = { title: 'Unbreakable'.repeat(18).slice(0, 200), instructions: `${'Without-any-space'.repeat(20)}\n\n  Shown as typed.` }

describe('tasks', { timeout: 5 * 60_000 }, () => {
  let portal, browser, landlord, ines, page, reference, document

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Saltmarsh Homes', 'Ines Okoro', 'ines.okoro@saltmarsh.example')
    ines = await anAdministrator(browser, portal, landlord, password)
    page = ines.page
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const titles = () => page.locator('td[data-label$="Title"] > a').allInnerTexts()
  const filter = async (fill) => {
    await page.locator('.house-filter summary').click()
    await fill()
    await ines.button('Apply filters').click()
  }
  const status = () => page.locator('main .govuk-tag').first().innerText()
  // Reminders come with the minute, whenever that is.
  const happened = async () => (await page.locator('.moj-timeline__title').allInnerTexts()).filter((it) => !/reminder/i.test(it))
  const open = async (title) => {
    await ines.go('/tasks')
    await ines.link(title).click()
  }

  test('ta_3_a_landlord_without_tasks_is_told_so', async () => {
    await ines.go('/')
    await ines.sees('There are no tasks waiting for you on your open cases.')
    await ines.picture('home-empty')
    await ines.go('/tasks')
    await ines.sees('You have no tasks to complete.')
    await ines.picture('tasks-empty')
    await ines.link('Completed and withdrawn').click()
    await ines.sees('No task has been completed or withdrawn yet.')
    await ines.picture('tasks-ended-empty')
  })

  test('ta_3_tasks_are_listed_soonest_due_first_and_each_opens', async () => {
    reference = await aCase(portal, landlord, 'Marcus Bell', 'No heating since October')
    await aTask(portal, reference, 'Send the boiler records', { due: 1, instructions: 'Please send us:\n\n- the service records\n- the engineer’s notes' })
    await aTask(portal, reference, long.title, { due: 40, instructions: long.instructions })
    await aTask(portal, reference, 'Escalate the complaint', { kind: 'escalate-complaint', due: 60 })
    document = await aLetter(portal, reference, 'Our decision.txt', 'Read our decision')

    await until(async () => {
      await ines.go('/')
      return (await titles()).length === 4
    }, 'the four tasks on the home page')
    assert.deepEqual(await titles(), ['Send the boiler records', long.title, 'Read our decision', 'Escalate the complaint'])
    await ines.picture('home-tasks')
    await ines.go('/tasks')
    await page.getByText('Details of Send the boiler records').click({ force: true })
    await ines.sees('the engineer’s notes')
    await ines.picture('tasks-list')
    await ines.link('Send the boiler records').click()
    assert.equal(await ines.heading(), 'Send the boiler records')
    assert.equal(await status(), 'Approaching')
    assert.deepEqual(await happened(), ['Task set'])
    await ines.picture('task')
  })

  test('ta_3_the_lists_are_filtered_by_status_kind_and_due_date', async () => {
    for (const address of ['/', '/tasks']) {
      await ines.go(address)
      await filter(() => ines.field('Status').selectOption('Approaching'))
      assert.deepEqual(await titles(), ['Send the boiler records'])
      await page.getByRole('link', { name: 'Remove this filter: Status: Approaching' }).click()
      assert.equal((await titles()).length, 4)

      await filter(async () => {
        await ines.field('Kind of task').selectOption('For information')
        await ines.field('Due to').fill(day(49).typed)
      })
      await ines.sees('No task fits these filters.')
      await ines.picture(address === '/' ? 'home-none' : 'tasks-none')
      await page.locator('.house-filter summary').click()
      await ines.link('Clear filters').click()
      assert.equal((await titles()).length, 4)

      await filter(() => ines.field('Due from').fill('31/02/2026'))
      assert.match(await ines.problemOf('due_from'), /real date/)
      assert.equal(await ines.field('Due from').inputValue(), '31/02/2026')
      await ines.sees('No tasks are shown until the filters are right.')
      await ines.picture(address === '/' ? 'home-error' : 'tasks-error')
    }
  })

  test('ta_1_a_letter_is_opened_and_acknowledged_in_words_of_its_own', async () => {
    await open('Read our decision')
    await until(async () => {
      await page.reload()
      return ines.link('Our decision.txt').isVisible()
    }, 'the letter to be checked')
    await ines.picture('task-letter')
    const [download] = await Promise.all([page.waitForEvent('download'), ines.link('Our decision.txt').click()])
    assert.equal(download.suggestedFilename(), 'Our decision.txt')

    await ines.button('I have read this letter').click()
    await ines.sees('We have noted that you have read “Read our decision”')
    assert.equal(await status(), 'Completed')
    assert.deepEqual(await happened(), ['Letter read', 'Task set'])
    await ines.picture('task-letter-read')
  })

  test('ta_4_a_completion_by_mistake_is_taken_back', async () => {
    await ines.go('/tasks')
    await ines.menuEntry('Send the boiler records', 'Task completed')
    await ines.button('Complete').click()
    assert.equal(await ines.problemOf('completed_on'), 'Enter the date when the task was completed')
    await ines.field('Date').fill(day(0).typed)
    await ines.button('Complete').click()
    await ines.sees('“Send the boiler records” is marked as completed')
    await ines.picture('task-completed-done')

    await ines.button('Reopen this task').click()
    await ines.sees('“Send the boiler records” is open again')
    assert.equal(await status(), 'Approaching')
    assert.deepEqual(await happened(), ['Task reopened', 'Task completed', 'Task set'])
    assert.equal(await ines.button('Reopen this task').count(), 0)
  })

  test('ta_5_the_answer_to_unable_is_shown_on_the_task', async () => {
    await open('Escalate the complaint')
    await page.getByRole('button', { name: 'Unable to complete' }).click()
    await ines.field('Tell us why you are not able to complete this task so we can help you.').fill('The panel meets\nnext month.')
    await ines.button('Send Message').click()
    await ines.sees('We will review this and answer you.')
    await ines.picture('task-unable-sent')

    // Other journeys on the same portal leave reports of their own.
    const owed = (await byCaseworker(portal, 'task', 'owed')).find((task) => task.title === 'Escalate the complaint')
    assert.ok(owed, 'the report waits for an answer')
    await byCaseworker(portal, 'task', 'answer', owed.id, 'new-date', '--due', day(90).iso, '--words', 'Please tell us after the panel.')
    await shows(ines, `/tasks/${owed.id}`, 'We set a new due date.')
    assert.deepEqual(await happened(), ['Answer: a new due date', 'Unable to complete', 'Task set'])
    await ines.picture('task-unable-answered')

    await byCaseworker(portal, 'task', 'redate', owed.id, '--due', day(95).iso, '--reason', 'The panel was put off.')
    await shows(ines, `/tasks/${owed.id}`, 'The panel was put off.')
    await byCaseworker(portal, 'task', 'withdraw', owed.id, '--reason', 'The resident has settled.')
    await shows(ines, `/tasks/${owed.id}`, 'The resident has settled.')
    assert.equal(await status(), 'Withdrawn')
    assert.equal(await page.getByRole('button', { name: 'Unable to complete' }).count(), 0)
    await ines.go('/tasks?show=ended')
    assert.deepEqual(await titles(), ['Escalate the complaint', 'Read our decision'])
    await ines.picture('tasks-ended')
  })

  test('ta_1_words_of_any_length_stay_on_the_page', async () => {
    await open(long.title)
    await ines.picture('task-long')
    await ines.go(`/cases/${reference}/tasks`)
    await ines.picture('case-tasks-long')
  })

  test('ta_1_a_letter_that_was_withdrawn_says_why', async () => {
    await byCaseworker(portal, 'document', 'withdraw', document.id, 'It named the wrong landlord.')
    await ines.go('/tasks?show=ended')
    await ines.link('Read our decision').click()
    await ines.sees('We have withdrawn this letter: It named the wrong landlord.')
    await ines.picture('task-letter-withdrawn')
  })

  test('ta_3_more_tasks_than_a_page_holds_are_paged_to_the_last', async () => {
    const busy = await aCase(portal, landlord, 'Priya Nair', 'Noise from the plant room')
    await aTask(portal, busy, 'Record 1', { due: 100 })
    for (let at = 2; at <= 25; at += 1) await aTask(portal, busy, `Record ${at}`, { due: 99 + at })
    await until(async () => {
      await ines.go('/tasks?due_from=' + encodeURIComponent(day(99).typed))
      return (await titles()).length === 25
    }, 'the twenty-five tasks')
    assert.equal(await page.getByRole('link', { name: 'Next page' }).count(), 0)

    await aTask(portal, busy, 'Record 26', { due: 200 })
    await until(async () => {
      await page.reload()
      return page.getByRole('link', { name: 'Next page' }).isVisible()
    }, 'a second page')
    assert.equal((await titles()).length, 25)
    await ines.picture('tasks-full')
    await page.getByRole('link', { name: 'Next page' }).click()
    assert.deepEqual(await titles(), ['Record 26'])
    assert.equal(await page.getByRole('link', { name: 'Remove this filter' }).count(), 1, 'the filter stays from page to page')
    await page.getByRole('link', { name: 'Previous page' }).click()
    assert.equal((await titles())[0], 'Record 1')
  })

  test('ta_4_a_task_is_completed_and_reopened_without_javascript', async () => {
    const plain = await Person.at(browser, portal, { javaScriptEnabled: false })
    await plain.logIn(landlord.username, password)
    await plain.go('/tasks')
    await plain.link('Send the boiler records').click()
    await plain.page.getByRole('button', { name: 'Task completed' }).click()
    await plain.field('Date').fill(day(0).typed)
    await plain.button('Complete').click()
    await plain.sees('is marked as completed')
    await plain.button('Reopen this task').click()
    await plain.sees('is open again')
  })

  test('every page kept its own policy and its scripts ran', () => {
    ines.assertContent()
  })
})
