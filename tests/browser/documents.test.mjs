// Documents in a real browser (DO-1 to DO-6): every way in and out, and every state, on a portal that has a real scanner.
//
// Alone: node --test documents.test.mjs

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import * as files from './files.mjs'
import { aCase, aLandlord, anAdministrator, byCaseworker, shows } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, basePort, caseworker, until } from './portal.mjs'
import { Scanner, marker } from './scanner.mjs'

const portal = new Portal('documents', basePort + 80)
const scanner = new Scanner('scanner')
const password = 'copper lantern orchard'
const MiB = 1024 * 1024

const nothingChosen = 'Choose at least one document to upload'
const noCategory = 'Select what the document is for'

function note(name, text = name) {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text) }
}

describe('documents', { timeout: 10 * 60_000 }, () => {
  let browser, landlord, sam, page, reference, address

  before(async () => {
    browser = await launch()
    await scanner.start()
    await portal.up('--no-demo', '--clamav', scanner.address)
    await portal.casework('staff', 'add', 'Amara Feldon', '--username', caseworker, '--role', 'caseworker', '--team', 'dispute-support')
    landlord = await aLandlord(portal, 'Harbour Homes', 'Sam Okafor', 'sam.okafor@harbour.example')
    sam = await anAdministrator(browser, portal, landlord, password)
    page = sam.page
    reference = await aCase(portal, landlord, 'Asha Verma', 'Damp and mould in the bedroom')
    await byCaseworker(portal, 'case', 'assign', reference, caseworker)
    address = `/cases/${reference}/documents`
    await shows(sam, address, 'There are no documents on this case.')
  })

  after(async () => {
    await browser?.close()
    await portal.down()
    await scanner.kill()
  })

  /** A row of the list of documents. */
  const row = (name) => page.locator('#documents tbody tr').filter({ hasText: name })
  /** What the live region says. */
  const said = () => page.locator('[data-upload=live]').innerText()
  const upload = () => sam.button('Upload documents').click()

  async function choose(chosen, category = 'Evidence') {
    // Twenty megabytes go through the browser's debugging port, which takes its time.
    await page.locator('#files').setInputFiles(chosen, { timeout: 60_000 })
    const same = page.getByLabel('Set same category for all documents')
    if (!await same.isChecked()) await same.check()
    await sam.field('Category of the documents').selectOption({ label: category })
  }

  /** Uploads files that are taken, and waits until the scanner has let them through. */
  async function uploaded(chosen, category) {
    await sam.go(address)
    await choose(chosen, category)
    await upload()
    await until(async () => (await said()).startsWith(`${chosen.length} of ${chosen.length} `), 'the upload to end')
    await until(async () => {
      await page.reload()
      return await row('Being checked').count() === 0
    }, 'the scanner')
  }

  test('DO-1 what an upload lacks is said in the summary and beside the field, and goes once it is mended', async () => {
    await sam.go(address)
    await upload()
    assert.deepEqual(await sam.problems(), [nothingChosen])
    assert.equal(await page.evaluate(() => document.activeElement.className), 'govuk-error-summary')
    assert.equal(await page.evaluate(() => document.querySelector('main').firstElementChild.className), 'govuk-error-summary')
    assert.match(await page.title(), /^Error: Documents/)
    await sam.picture('documents-nothing-chosen')
    await sam.link(nothingChosen).click()
    const input = page.locator('#files')
    assert.ok(await input.evaluate((field) => field === document.activeElement))
    assert.match(await input.getAttribute('aria-describedby'), /\bfiles-error\b/)
    assert.equal(await page.locator('.govuk-form-group--error #files-error').textContent(), `Error: ${nothingChosen}`)

    await input.setInputFiles([note('First.txt'), note('Second.txt')])
    assert.deepEqual(await sam.problems(), [])
    assert.equal(await page.locator('.govuk-form-group--error').count(), 0)
    assert.doesNotMatch(await page.title(), /Error/)
    assert.equal(await said(), '2 documents are ready to upload.')

    await upload()
    assert.deepEqual(await sam.problems(), ['Select what First.txt is for', 'Select what Second.txt is for'])
    await sam.picture('documents-no-category-each')
    await sam.link('Select what Second.txt is for').click()
    const second = page.getByLabel('Category of Second.txt')
    assert.ok(await second.evaluate((field) => field === document.activeElement))
    await second.selectOption({ label: 'Policy or procedure' })
    assert.deepEqual(await sam.problems(), ['Select what First.txt is for'])

    await page.getByLabel('Set same category for all documents').check()
    assert.deepEqual(await sam.problems(), [])
    await upload()
    assert.deepEqual(await sam.problems(), [noCategory])
    await sam.link(noCategory).click()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'category')
    await sam.field('Category of the documents').selectOption({ label: 'Evidence' })
    assert.deepEqual(await sam.problems(), [])
    assert.equal(await row('First.txt').count(), 0, 'nothing was sent meanwhile')
  })

  test('DO-1 the same is said in the same words without JavaScript', async () => {
    const plain = await Person.at(browser, portal, { javaScriptEnabled: false, storageState: await sam.context.storageState() })
    await plain.go(address)
    await plain.button('Upload documents').click()
    assert.deepEqual(await plain.problems(), [nothingChosen])
    assert.equal(await plain.page.locator('.govuk-form-group--error #files-error').textContent(), `Error: ${nothingChosen}`)
    await plain.page.locator('#files').setInputFiles([note('First.txt'), note('Second.txt')])
    await plain.button('Upload documents').click()
    assert.deepEqual(await plain.problems(), [noCategory])
    assert.equal(await plain.page.locator('.govuk-form-group--error #category-error').textContent(), `Error: ${noCategory}`)
    assert.equal(await plain.page.evaluate(() => document.querySelector('main').firstElementChild.className), 'govuk-error-summary')
    await plain.context.close()
  })

  test('DO-1 row 80: files are uploaded by keyboard with a category each, progress and what became of each', async () => {
    await sam.go(address)
    const large = note('Large.txt', 'a note '.repeat(3 * MiB / 7))
    await page.locator('#files').setInputFiles([large, note('Small.txt')])
    for (const [name, key] of [['Large.txt', 'E'], ['Small.txt', 'P']]) {
      await page.getByLabel(`Category of ${name}`).focus()
      await page.keyboard.press(key)
    }
    await sam.picture('documents-ready')
    const network = await sam.context.newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1.5 * MiB })
    await sam.button('Upload documents').focus()
    await page.keyboard.press('Enter')
    const bar = page.getByRole('progressbar', { name: /^Large\.txt/ })
    await until(async () => await bar.isVisible() && await bar.evaluate((it) => it.value > 0 && it.value < 1), 'progress')
    assert.equal(await said(), 'Uploading 2 documents.')
    await sam.photograph('documents-uploading')
    await sam.assertAccessible('documents-uploading')
    await until(async () => await said() === '2 of 2 documents uploaded.', 'the end of the upload')
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })

    assert.deepEqual(await page.locator('.house-upload__outcome').allInnerTexts(), ['Large.txt was uploaded', 'Small.txt was uploaded'])
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Upload documents', 'the focus stays on the button')
    assert.match(await row('Large.txt').innerText(), /Text file, 3\.0MB[\s\S]*Evidence[\s\S]*by Sam Okafor/)
    assert.match(await row('Small.txt').innerText(), /Text file, 9 bytes[\s\S]*Policy or procedure/)
  })

  test('DO-1 files can be dropped', async () => {
    await sam.go(address)
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['dropped'], 'Dropped.txt', { type: 'text/plain' }))
      return transfer
    })
    const zone = page.locator('[data-upload=zone]')
    await zone.dispatchEvent('dragenter', { dataTransfer: dropped })
    await zone.dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByText('Dropped.txt (7 bytes)').waitFor()
    await page.getByLabel('Category of Dropped.txt').selectOption({ label: 'Other' })
    await upload()
    await row('Dropped.txt').waitFor()
  })

  test('DO-1 a file that is dropped beside the zone joins the list, and the page stays', async () => {
    await sam.go(address)
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['beside'], 'Beside.txt', { type: 'text/plain' }))
      return transfer
    })
    const heading = page.locator('h1')
    await heading.dispatchEvent('dragenter', { dataTransfer: dropped })
    await page.locator('.house-upload__zone--over').waitFor()
    await sam.picture('documents-drag-over')
    await heading.dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByText('Beside.txt (6 bytes)').waitFor()
    assert.equal(await page.locator('.house-upload__zone--over').count(), 0)
    const kept = await page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['x'], 'x.txt'))
      const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
      document.documentElement.dispatchEvent(drop)
      return drop.defaultPrevented
    })
    assert.ok(kept, 'the browser would open the file')
  })

  test('DO-3 a file whose answer was lost is added once when it is tried again', async () => {
    await sam.go(address)
    await choose([note('Lost answer.txt')])
    let lost = false
    await page.route(`**${address}`, async (route) => {
      if (lost || route.request().method() !== 'POST') return route.fallback()
      lost = true
      await route.fetch()
      return route.abort()
    })
    await upload()
    await until(async () => (await said()).startsWith('0 of 1 '), 'the first try to fail')
    await upload()
    await until(async () => await said() === '1 of 1 document uploaded.', 'the second try')
    await page.unroute(`**${address}`)
    // The answer was lost on purpose, which the browser notes.
    sam.complaints = sam.complaints.filter((it) => !it.includes('ERR_FAILED'))
    assert.equal(await row('Lost answer.txt').count(), 1)
  })

  test('DO-3 a form that is sent twice without JavaScript adds its file once', async () => {
    const plain = await Person.at(browser, portal, { javaScriptEnabled: false, storageState: await sam.context.storageState() })
    await plain.go(address)
    const field = (name) => plain.page.locator(`input[name="${name}"]`).first().inputValue()
    const multipart = { csrf: await field('csrf'), request_id: await field('request_id'), category: 'DOCUMENT_CATEGORY_EVIDENCE', files: note('Pressed twice.txt') }
    for (let time = 0; time < 2; time += 1) {
      const answer = await plain.context.request.post(address, { multipart, headers: { origin: portal.url }, maxRedirects: 0 })
      assert.equal(answer.status(), 303)
    }
    await plain.go(address)
    assert.equal(await plain.page.locator('#documents tbody tr').filter({ hasText: 'Pressed twice.txt' }).count(), 1)
    await plain.context.close()
  })

  test('DO-1 row 47: each file that is refused stays with its reason, and costs no other', async () => {
    const bad = await files.refused()
    await sam.go(address)
    await choose([note('Good.txt'), ...bad.map(({ file }) => file), note('Nothing.txt', ''), note('Page.html', '<script>alert(1)</script>')])
    await upload()
    await until(async () => (await said()).startsWith('1 of 7 documents uploaded.'), 'the upload to end')

    await row('Good.txt').waitFor()
    const reasons = await sam.problems()
    assert.equal(reasons.length, 6)
    for (const [at, { says }] of bad.entries()) assert.match(reasons[at], says)
    assert.match(reasons[4], /Nothing\.txt is empty/)
    assert.match(reasons[5], /Page\.html/)
    const beside = await page.locator('.house-upload__file--refused .govuk-error-message').allTextContents()
    assert.deepEqual(beside, reasons.map((reason) => `Error: ${reason}`))
    await sam.picture('documents-refused')
    await sam.link(reasons[1]).click()
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Rents\.xlsx/)
    await sam.button('Remove Rents.xlsx').click()
    assert.equal((await sam.problems()).length, 5)
  })

  test('DO-3 the same file on the same case is said to be one, with a link to the first', async () => {
    await sam.go(address)
    await choose([note('Same again.txt', 'Good.txt')])
    await upload()
    await until(async () => (await said()).includes('Same again.txt was uploaded. The case already had the same file as Good.txt.'), 'the words')
    const again = row('Same again.txt')
    const [download] = await Promise.all([page.waitForEvent('download'), again.getByRole('link', { name: 'Good.txt', exact: true }).click()])
    assert.equal(download.suggestedFilename(), 'Good.txt')
  })

  test('DO-4 a document waits while the scanner is down, and is there once it is back', async () => {
    await scanner.kill()
    await sam.go(address)
    await choose([note('Waiting.txt')])
    await upload()
    await row('Waiting.txt').getByText('Being checked for viruses').waitFor()
    assert.equal(await row('Waiting.txt').getByRole('link').count(), 0)
    await sam.picture('documents-being-checked')
    const [{ id }] = (await portal.casework('document', 'list', reference, '--state', 'checking')).filter(({ name }) => name === 'Waiting.txt')
    await sam.go(`/documents/${id}`)
    await sam.sees('“Waiting.txt” can’t be downloaded: Being checked for viruses')

    await scanner.resume()
    await until(async () => {
      await sam.go(address)
      return await row('Waiting.txt').getByText('Available').count() > 0
    }, 'the scanner to let it through')
    await row('Waiting.txt').getByRole('link', { name: 'Waiting.txt' }).waitFor()
  })

  test('DO-4 an infected document is put away, and both sides are told', async () => {
    const [toLandlord, toStaff] = [await portal.mark(landlord.username), await portal.mark(caseworker)]
    await sam.go(address)
    await choose([note('Infected.txt', `So it begins: ${marker}.`)])
    await upload()
    await until(async () => (await said()).startsWith('1 of 1 '), 'the upload to end')
    await until(async () => {
      await sam.go(address)
      return await row('Infected.txt').getByText('Put away: a virus was found').count() > 0
    }, 'the virus to be found')
    assert.equal(await row('Infected.txt').getByRole('link').count(), 0)
    await sam.picture('documents-put-away')
    const about = ({ subject, text }) => /virus|put away/i.test(`${subject} ${text}`)
    await portal.email(landlord.username, about, toLandlord)
    await portal.email(caseworker, about, toStaff)
    const [{ id, name }] = await portal.casework('document', 'list', reference, '--state', 'quarantined')
    assert.equal(name, 'Infected.txt')
    await sam.go(`/documents/${id}`)
    await sam.sees('“Infected.txt” can’t be downloaded: Put away: a virus was found')
  })

  test('DO-6 staff add documents for the landlord and withdraw one with a reason', async () => {
    const file = path.join(portal.directory, 'Our letter.txt')
    await writeFile(file, 'A letter of the ombudsman.')
    const [added] = await byCaseworker(portal, 'document', 'upload', reference, file, '--category', 'complaint-correspondence')
    await until(async () => {
      await sam.go(address)
      return await row('Our letter.txt').getByText('Available').count() > 0
    }, 'the letter')
    assert.match(await row('Our letter.txt').innerText(), /Complaint correspondence[\s\S]*Amara Feldon \(Housing Ombudsman\)/)
    const copy = path.join(portal.directory, 'copy.txt')
    await portal.casework('document', 'download', added.id, '--output', copy)
    assert.equal(await readFile(copy, 'utf8'), 'A letter of the ombudsman.')

    await byCaseworker(portal, 'document', 'withdraw', added.id, 'It names a neighbour')
    await sam.go(address)
    assert.match(await row('Our letter.txt').innerText(), /Withdrawn because: It names a neighbour/)
    assert.equal(await row('Our letter.txt').getByRole('link').count(), 0)
    await sam.picture('documents-withdrawn')
    await sam.go(`/documents/${added.id}`)
    await sam.sees('“Our letter.txt” can’t be downloaded: Withdrawn')
  })

  test('DO-5 row 45: a download resumes by range, and every answer says what it must', async () => {
    const content = 'The resident rang at nine.'
    await uploaded([note('Grüße “50%”.txt', content)])
    const href = await row('Grüße').getByRole('link').first().getAttribute('href')
    const { request } = sam.context
    const ask = (headers = {}, method = 'GET') => request.fetch(href, { method, headers })

    const whole = await ask()
    const { etag } = whole.headers()
    const part = await ask({ range: 'bytes=4-11' })
    const resumed = await ask({ range: 'bytes=4-', 'if-range': etag })
    const changed = await ask({ range: 'bytes=4-', 'if-range': '"of another file"' })
    const beyond = await ask({ range: 'bytes=26-' })
    const head = await ask({}, 'HEAD')
    const ranged = await ask({ range: 'bytes=4-11' }, 'HEAD')

    assert.deepEqual([whole, part, resumed, changed, beyond, head].map((it) => it.status()), [200, 206, 206, 200, 416, 200])
    assert.equal(await whole.text(), content)
    assert.equal(await part.text(), 'resident')
    assert.equal(part.headers()['content-range'], 'bytes 4-11/26')
    assert.equal(await resumed.text(), content.slice(4))
    assert.equal(await changed.text(), content)
    assert.equal(beyond.headers()['content-range'], 'bytes */26')
    assert.equal(head.headers()['content-length'], '26')
    assert.equal((await head.body()).length, 0)
    // RFC 9110, 14.2: a range has a meaning for GET alone.
    assert.equal(ranged.status(), 200)
    for (const answer of [whole, part, resumed, changed, beyond, head]) {
      const headers = answer.headers()
      assert.equal(headers['content-security-policy'], 'sandbox; default-src \'none\'', `${answer.status()}`)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['accept-ranges'], 'bytes')
      assert.equal(headers['content-disposition'], 'attachment; filename="Gr__e _50__.txt"; filename*=UTF-8\'\'Gr%C3%BC%C3%9Fe%20%E2%80%9C50%25%E2%80%9D.txt')
    }
  })

  test('DO-5 row 45: a text that is a page when a browser guesses is saved, and runs nothing', async () => {
    const ran = []
    await sam.context.exposeFunction('ran', (what) => ran.push(what))
    // What begins as a page does is refused as one; a note that quotes one is a note.
    const hostile = 'Notes of a call\n<script>ran(document.cookie)</script><img src=x onerror="ran(1)"><svg onload="ran(2)"></svg>'
    await uploaded([note('Notes of a call.txt', hostile)])
    const link = row('Notes of a call.txt').getByRole('link')
    const href = await link.getAttribute('href')

    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.equal(download.suggestedFilename(), 'Notes of a call.txt')
    assert.equal(readFileSync(await download.path(), 'utf8'), hostile)
    const other = await sam.context.newPage()
    // Opened by its address, in a frame and as an object, it is no page either.
    await assert.rejects(other.goto(href), /Download is starting|ERR_ABORTED/)
    await other.goto('/cookies')
    await other.evaluate((src) => {
      for (const [tag, attribute] of [['iframe', 'src'], ['object', 'data'], ['embed', 'src'], ['script', 'src']]) {
        const element = document.createElement(tag)
        element.setAttribute(attribute, src)
        document.body.append(element)
      }
    }, href)
    await other.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve) }))
    assert.deepEqual(ran, [])
    await other.close()
  })

  test('DO-1 the list is paged, newest first, narrowed by category and state, and fit to be printed', async () => {
    const { request } = sam.context
    const token = await page.locator('form.house-upload input[name=csrf]').inputValue()
    for (let number = 1; number <= 30; number += 1) {
      const answer = await send(request, token, note(`Photo ${String(number).padStart(2, '0')}.txt`), 'DOCUMENT_CATEGORY_PROPERTY_RECORD')
      assert.equal(answer.uploaded, true, answer.message)
    }
    const long = `${'Answer of the landlord to the complaint about damp '.repeat(4).slice(0, 190)}end.txt`
    await uploaded([note(long)], 'Policy or procedure')
    const names = () => page.locator('#documents tbody tr td:first-child').evaluateAll((cells) => cells.map((cell) => cell.firstChild.textContent))

    await sam.go(address)
    const first = await names()
    assert.equal(first.length, 25)
    assert.equal(first[0], long)
    assert.deepEqual(first.slice(1, 3), ['Photo 30.txt', 'Photo 29.txt'])
    await sam.picture('documents-long')
    await page.getByRole('link', { name: /^Next/ }).click()
    assert.equal((await names())[0], 'Photo 06.txt')
    await page.getByRole('link', { name: /^Previous/ }).click()
    assert.deepEqual(await names(), first)

    await sam.field('Show category').selectOption({ label: 'Repair or property record' })
    await sam.button('Apply filters').click()
    assert.equal((await names())[0], 'Photo 30.txt')
    await page.getByRole('link', { name: /^Next/ }).click()
    assert.deepEqual(await names(), ['Photo 05.txt', 'Photo 04.txt', 'Photo 03.txt', 'Photo 02.txt', 'Photo 01.txt'])
    await sam.field('Show state').selectOption({ label: 'Withdrawn' })
    await sam.button('Apply filters').click()
    await sam.sees('No document fits these filters.')
    await sam.picture('documents-filtered-empty')
    await sam.field('Show category').selectOption({ label: 'All categories' })
    await sam.button('Apply filters').click()
    assert.deepEqual(await names(), ['Our letter.txt'])
    await sam.picture('documents-filtered')
    await sam.link('Clear filters').click()

    await page.emulateMedia({ media: 'print' })
    assert.equal(await sam.button('Upload documents').isVisible(), false)
    assert.equal(await page.locator('#documents table').isVisible(), true)
    writeFileSync(path.join(portal.directory, 'documents.pdf'), await page.pdf({ format: 'A4' }))
    await sam.photograph('documents-print')
    await page.emulateMedia({ media: null })
  })

  test('row 16: sixteen files of 20 MiB at once take the portal little memory', async () => {
    const { request } = sam.context
    await sam.go(address)
    const token = await page.locator('form.house-upload input[name=csrf]').inputValue()
    const file = (number) => note(`Recording ${number}.txt`, `${number} `.padEnd(20 * MiB, 'so it went on '))
    const warm = await send(request, token, file(0), 'DOCUMENT_CATEGORY_OTHER')
    assert.equal(warm.uploaded, true, warm.message)

    const memory = await Memory.of(portal)
    const before = memory.now()
    memory.forgetPeak()
    const sent = await Promise.all(Array.from({ length: 16 }, (_, number) => send(request, token, file(number + 1), 'DOCUMENT_CATEGORY_OTHER')))
    const grown = memory.peak() - before

    assert.deepEqual(sent.filter(({ uploaded }) => !uploaded), [])
    console.log(`16 files of 20 MiB at once: ${(grown / MiB).toFixed(1)} MiB more memory at the peak`)
    assert.ok(grown <= 64 * MiB, `${grown} bytes`)
  })

  test('nothing on any of these pages broke its policy or its scripts', () => {
    sam.assertContent()
  })

  /** Sends one file as the page's script does. */
  async function send(request, token, file, category) {
    // A machine that is busy with sixteen at once may ask to be asked again.
    const answer = await until(async () => {
      const answer = await request.post(address, {
        headers: { accept: 'application/json', origin: portal.url, 'x-csrf-token': token },
        multipart: { request_id: crypto.randomUUID(), category, files: file },
        timeout: 120_000
      })
      return answer.status() !== 503 && answer
    }, 'the portal to take a file')
    assert.equal(answer.status(), 200, await answer.text())
    return (await answer.json()).files[0]
  }
})

/** The memory of the portal's process, which is all of its services and its gateway. */
class Memory {
  static async of(portal) {
    const pid = Number(await readFile(path.join(portal.directory, 'run', 'portal.pid'), 'utf8').then((text) => text.match(/\d+/)[0]))
    return new Memory(pid)
  }

  constructor(pid) {
    this.folder = `/proc/${pid}`
  }

  read(what) {
    const [, kilobytes] = readFileSync(`${this.folder}/status`, 'utf8').match(new RegExp(`${what}:\\s+(\\d+) kB`))
    return Number(kilobytes) * 1024
  }

  now() {
    return this.read('VmRSS')
  }

  peak() {
    return this.read('VmHWM')
  }

  forgetPeak() {
    writeFileSync(`${this.folder}/clear_refs`, '5')
  }
}
