// The lists of cases and a case's overview in a real browser (CA-5, CA-6, CA-7): found, filtered, sorted, paged, and read.
//
// Alone: node --test cases.test.mjs

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aTask, anAdministrator, byCaseworker, day, shows } from './given.mjs'
import { launch } from './person.mjs'
import { Portal, senior } from './portal.mjs'

const password = 'copper lantern orchard'
/** Names that sort as people sort them, and one that is longer than any line. */
const names = ['Asha Verma', 'Émile Zola', 'Tomasz Zieliński', 'Bartholomew-Fitzgerald'.repeat(4), 'Grace O’Hara']

const csv = (rows) => rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n')

describe('cases', { timeout: 5 * 60_000 }, () => {
  let portal, browser, landlord, noor, page

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Orchard Homes', 'Noor Haddad', 'noor.haddad@orchard.example')
    noor = await anAdministrator(browser, portal, landlord, password)
    page = noor.page
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const rows = () => page.locator('.house-table tbody tr')
  const references = () => page.getByRole('cell').getByRole('link').allInnerTexts()
  const column = async (label) => (await page.locator(`td[data-label="${label}"]`).allInnerTexts()).map((it) => it.trim())
  const filter = async (fill) => {
    await page.locator('.house-filter summary').click()
    await fill()
    await noor.button('Apply filters').click()
  }

  test('ca_5_a_landlord_without_cases_is_told_so', async () => {
    await noor.go('/cases/open')
    await noor.sees('You have no open cases.')
    await noor.picture('cases-none')
    await noor.go('/cases/closed')
    await noor.sees('You have no closed cases.')
  })

  test('ca_7_cases_from_a_file_are_listed_and_counted', async () => {
    const head = ['reference', 'case_type', 'complainant', 'landlord_id', 'subject', 'status', 'opened_on', 'closed_on']
    const kinds = ['member-landlord', 'complaint-handling', 'enquiry']
    const stages = ['initial-assessment', 'internal-procedure', 'referral-assessment', 'failure-order-issued', 'awaiting-landlord-action']
    const made = Array.from({ length: 64 }, (_, at) => {
      const closed = at % 2 === 1
      return [
        `2019${String(70_000 + at)}`, kinds[at % 3], names[at % 5], landlord.id, 'Repairs', closed ? 'closed' : stages[Math.floor(at / 2) % 5],
        `2019-0${1 + (at % 9)}-15`, closed ? day(0).iso : '',
      ]
    })
    await mkdir(portal.directory, { recursive: true })
    const file = path.join(portal.directory, 'cases.csv')
    await writeFile(file, csv([head, ...made]))

    const [summary] = await portal.casework('import', 'cases', file)

    assert.deepEqual(summary, { rows: 64, added: 64, unchanged: 0, refused: 0, dry_run: false })
    await noor.go('/cases/open')
    await noor.sees('32 cases')
    assert.equal(await rows().count(), 25)
    await page.getByRole('link', { name: 'Next page' }).click()
    assert.equal(await rows().count(), 7)
    await page.getByRole('link', { name: 'Previous page' }).click()
    assert.equal(await rows().count(), 25)
    await noor.go('/cases/closed')
    await noor.sees('32 cases')
    await noor.picture('cases-closed')
  })

  test('ca_5_each_column_sorts_up_and_down_and_says_so', async () => {
    const collator = new Intl.Collator('en')
    for (const label of ['Complainant', 'Case ref.', 'Case Type', 'Status', 'Task due date']) {
      await noor.go('/cases/open')
      const header = page.getByRole('columnheader', { name: label })
      const link = header.getByRole('link')
      await link.click()
      const first = await header.getAttribute('aria-sort')
      const up = await column(label)
      await link.click()
      const second = await header.getAttribute('aria-sort')
      const down = await column(label)

      assert.deepEqual([first, second].sort(), ['ascending', 'descending'], label)
      if (label === 'Complainant' || label === 'Case ref.') {
        const sorted = [...up].sort(collator.compare)
        assert.deepEqual(up, sorted, label)
        assert.deepEqual(down, [...down].sort(collator.compare).reverse(), label)
      }
    }
    assert.equal(await page.getByRole('columnheader', { name: 'Landlord' }).getByRole('link').count(), 0)
  })

  test('ca_5_filters_are_seen_and_taken_away_one_by_one_or_all_at_once', async () => {
    await noor.go('/cases/open')
    await filter(async () => {
      await noor.field('Complainant').fill('zola')
      await noor.field('Case type').selectOption('Enquiry about a landlord')
      await noor.field('Opened from').fill('01/02/2019')
    })

    assert.deepEqual([...new Set(await column('Complainant'))], ['Émile Zola'])
    assert.deepEqual([...new Set(await column('Case Type'))], ['Enquiry about a landlord'])
    const tags = page.locator('.moj-filter-tags a')
    assert.deepEqual((await tags.allInnerTexts()).map((it) => it.replace('Remove this filter:', '').trim()), [
      'Complainant: zola', 'Case type: Enquiry about a landlord', 'Opened from: 1 February 2019',
    ])
    await noor.picture('cases-filtered')
    await tags.filter({ hasText: 'Case type' }).click()
    assert.equal(await tags.count(), 2)
    assert.ok((await references()).length > 1)
    await noor.link('Clear filters').click()
    assert.equal(await tags.count(), 0)
    await noor.sees('32 cases')
  })

  test('ca_5_what_no_case_fits_and_what_is_no_filter_is_said', async () => {
    await noor.go('/cases/open?complainant=nobody')
    await noor.sees('No case fits these filters.')
    await noor.picture('cases-none-fit')
    await noor.go('/cases/open')
    await filter(async () => {
      await noor.field('Case ref.').fill('20x')
      await noor.field('Task due from').fill('soon')
    })
    assert.equal((await noor.problems()).length, 2)
    assert.match(await noor.problemOf('reference'), /digits/)
    await noor.picture('cases-wrong-filter')
  })

  test('ca_2_what_the_statuses_and_teams_mean_is_on_the_list', async () => {
    await noor.go('/cases/open')
    await page.getByText('What the statuses and teams mean').click()
    await noor.sees('We have ordered the landlord to put right how it is handling the complaint')
    await noor.sees('Assesses cases that meet the criteria for a formal review')
    await noor.picture('cases-glossary')
  })

  test('ca_5_the_next_task_due_is_shown_with_how_close_it_is', async () => {
    const reference = await aCase(portal, landlord, 'Ines Duarte', 'A lift that is out of order')
    await shows(noor, '/cases/open?complainant=duarte', 'Ines Duarte')
    await aTask(portal, reference, 'Tell us about the lift', { due: 1 })

    await shows(noor, '/cases/open', 'Approaching')

    assert.equal((await references())[0], reference)
    await noor.picture('cases-open')
  })

  test('ca_10_a_case_says_by_when_its_stage_is_expected_to_be_finished_and_a_progress_update_changes_that', async () => {
    const reference = await aCase(portal, landlord, 'Leo Strand', 'A door that does not lock')
    await shows(noor, `/cases/${reference}`, 'There is no expected timeframe for this stage.')
    await portal.casework('--on-behalf-of', senior, 'timeframe', 'set', 'referral-assessment', '20')
    await byCaseworker(portal, 'case', 'move', reference, 'referral-assessment')
    await shows(noor, `/cases/${reference}`, 'We expect to finish this stage by')
    const said = () => page.getByText('We expect to finish this stage by').innerText()
    const first = await said()
    await noor.picture('case-timeframe')

    await byCaseworker(
      portal, 'contact', 'update', reference, '--words', 'The file is long. We need until {expected}.', '--expected-on', day(60).iso, '--by', 'telephone', '--on', day(0).iso)
    await noor.go(`/cases/${reference}`)
    assert.notEqual(await said(), first)
    // What was said to the resident is between them and the ombudsman.
    assert.equal(await page.getByText('The file is long.').count(), 0)
    await byCaseworker(portal, 'case', 'move', reference, 'awaiting-investigation')
    await shows(noor, `/cases/${reference}`, 'There is no expected timeframe for this stage.')
  })

  test('ca_6_the_overview_tells_the_team_the_owner_the_outcome_and_what_has_happened', async () => {
    const reference = await aCase(portal, landlord, names[3], `Damp. ${'Mouldbehindthewardrobe'.repeat(20)}`)
    await byCaseworker(portal, 'case', 'assign', reference, 'amara.feldon@ombudsman.example')
    for (let times = 0; times < 13; times += 1) {
      await byCaseworker(portal, 'case', 'move', reference, 'internal-procedure')
      await byCaseworker(portal, 'case', 'move', reference, 'initial-assessment')
    }
    for (let number = 1; number <= 6; number += 1) await aTask(portal, reference, `Task ${number}`, { due: number + 4 })
    await shows(noor, `/cases/${reference}`, 'Task 5')
    const summary = 'The landlord took 14 months.\nIt pays £600 to the resident.'
    await byCaseworker(portal, 'case', 'outcome', reference, 'resolved', '--summary', summary, '--decided-on', day(0).iso)
    await noor.go(`/cases/${reference}`)
    assert.equal(await page.getByRole('heading', { name: 'Outcome' }).count(), 0)
    await byCaseworker(portal, 'case', 'move', reference, 'closed')

    await noor.go(`/cases/${reference}`)

    await noor.sees('Resolved with our help')
    await noor.sees('It pays £600 to the resident.')
    await noor.sees('Amara Feldon')
    await page.getByText('What this team does').click()
    await noor.sees('Takes all first enquiries')
    await noor.picture('case-overview')
    const entries = page.locator('.moj-timeline__item')
    assert.equal(await entries.count(), 25)
    await noor.link('Show earlier').click()
    assert.ok((await page.locator('.moj-timeline__title').allInnerTexts()).includes('Case opened'))
    assert.equal(await noor.link('Show earlier').count(), 0)
    await noor.picture('case-overview-earlier')
    await noor.link('Show later').click()
    assert.equal(await entries.count(), 25)
    assert.equal(await page.locator('.house-timeline__id').count(), 0, 'a landlord sees names alone')
    noor.assertContent()
  })
})
