// Improves the form that uploads documents: drag and drop, a category for each file or one for all, progress,
// and an answer for each file. Without it, the same form sends the same fields in one go.

import { Mistakes } from './mistakes.mjs'

const atOnce = 2

/** Improves every upload form of the page, and keeps a file that misses a field from being opened in the page's place. */
export function improveUploads(page) {
  for (const kind of ['dragover', 'drop']) {
    page.addEventListener(kind, (event) => {
      if (!hasFiles(event) || event.target.closest?.('input[type="file"]')) return
      if (!event.defaultPrevented) event.dataTransfer.dropEffect = 'none'
      event.preventDefault()
    })
  }
  for (const form of page.querySelectorAll('form[data-module="house-upload"]')) new Upload(form).start()
}

/** A size as people say it. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)}KB`
  return `${(bytes / 1024 / 1024).toFixed(1)}MB`
}

function hasFiles(event) {
  return Boolean(event.dataTransfer?.types.includes('Files'))
}

/** A new id. Not crypto.randomUUID(), which a page that came without TLS does not have. */
export function newId() {
  const digits = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
}

/** Sends one file; resolves to `{ok, message}` and never rejects. `again` says that the same file may go through later, `repeats` that its
  * content was on the case before. The same `id` twice adds the file once. */
export function send(form, { id, file }, category, onProgress) {
  return new Promise((resolve) => {
    const body = new FormData()
    // The server streams the file, so what it needs to know goes before it.
    body.append('csrf', form.elements.csrf.value)
    body.append('request_id', id)
    body.append('category', category)
    body.append('files', file)

    const request = new XMLHttpRequest()
    request.open('POST', form.action)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('x-csrf-token', form.elements.csrf.value)
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => resolve(read(request, file)))
    request.addEventListener('error', () => resolve({ ok: false, again: true, message: unreachable(file) }))
    request.addEventListener('abort', () => resolve({ ok: false, again: true, message: unreachable(file) }))
    request.send(body)
  })
}

function read(request, file) {
  if (request.status === 401) {
    return { ok: false, again: true, message: `${file.name} was not uploaded because you are logged out. Log in again, then upload it` }
  }
  try {
    const { files } = JSON.parse(request.responseText)
    const [{ uploaded, repeats, message }] = files
    return { ok: uploaded, repeats, message }
  } catch {
    return { ok: false, again: true, message: unreachable(file) }
  }
}

function unreachable(file) {
  return `${file.name} could not be uploaded. Check your connection and try again`
}

class Upload {
  constructor(form) {
    this.form = form
    this.page = form.ownerDocument
    this.input = form.querySelector('input[type="file"]')
    this.select = form.querySelector('select[name="category"]')
    this.same = form.querySelector('[data-upload="same"]')
    this.zone = form.querySelector('[data-upload="zone"]')
    this.list = form.querySelector('[data-upload="files"]')
    this.live = form.querySelector('[data-upload="live"]')
    this.button = form.querySelector('button[type="submit"]')
    this.limit = Number(form.dataset.maxBytes)
    this.mistakes = new Mistakes(this.page)
    this.sending = false
    this.rows = []
    this.made = 0
  }

  start() {
    for (const part of this.form.querySelectorAll('[data-upload-enhanced]')) part.hidden = false
    this.input.addEventListener('change', () => {
      this.add([...this.input.files])
      // Empty again, so that the same file can be chosen twice and is never sent twice.
      this.input.value = ''
    })
    this.takeDrops()
    this.same.addEventListener('change', () => {
      this.mistakes.mend(this.select)
      for (const row of this.rows) this.mistakes.mend(row.select)
      this.arrange()
    })
    this.mendOnceChosen(this.select)
    this.form.addEventListener('submit', (event) => {
      event.preventDefault()
      // Not disabled meanwhile: a button that is loses the focus of whoever pressed it.
      if (!this.sending) this.upload()
    })
    this.arrange()
  }

  /** Takes files that are dropped anywhere: beside the zone the browser would open them, and the list would be lost. */
  takeDrops() {
    const over = (is) => this.zone.classList.toggle('house-upload__zone--over', is)
    const { body } = this.page
    for (const kind of ['dragenter', 'dragover']) {
      body.addEventListener(kind, (event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        over(true)
      })
    }
    body.addEventListener('dragleave', (event) => {
      if (!event.relatedTarget) over(false)
    })
    body.addEventListener('drop', (event) => {
      over(false)
      if (!hasFiles(event)) return
      event.preventDefault()
      this.add([...event.dataTransfer.files])
      this.list.lastElementChild?.scrollIntoView({ block: 'nearest' })
    })
  }

  mendOnceChosen(select) {
    select.addEventListener('change', () => {
      if (select.value) this.mistakes.mend(select)
    })
  }

  add(files) {
    for (const file of files) this.rows.push(this.row(file))
    if (files.length > 0) this.mistakes.mend(this.input)
    this.arrange()
    const count = this.waiting().length
    this.say(count === 1 ? '1 document is ready to upload.' : `${count} documents are ready to upload.`)
  }

  /** Builds a file's row: its name, its category, its progress and, later, its answer. */
  row(file) {
    const id = `upload-${(this.made += 1)}`
    const element = this.make('li', 'house-upload__file')
    // Where the summary of what was refused leads.
    element.id = id
    element.tabIndex = -1

    const name = this.make('p', 'govuk-body house-upload__name', `${file.name} (${size(file.size)})`)
    name.id = `${id}-name`

    const choice = this.make('div', 'govuk-form-group house-upload__choice')
    const label = this.make('label', 'govuk-label govuk-visually-hidden', `Category of ${file.name}`)
    label.htmlFor = `${id}-category`
    const select = this.select.cloneNode(true)
    select.id = label.htmlFor
    select.removeAttribute('name')
    select.removeAttribute('aria-describedby')
    select.classList.remove('govuk-select--error')
    select.classList.add('house-upload__select')
    select.value = this.select.value
    this.mendOnceChosen(select)
    choice.append(label, select)

    const remove = this.make('button', 'govuk-button govuk-button--secondary house-upload__remove', 'Remove')
    remove.type = 'button'
    remove.append(this.make('span', 'govuk-visually-hidden', ` ${file.name}`))

    const bar = this.page.createElement('progress')
    bar.className = 'house-upload__bar'
    bar.max = 1
    bar.value = 0
    bar.hidden = true
    bar.setAttribute('aria-labelledby', name.id)

    const outcome = this.make('p', 'govuk-body house-upload__outcome')
    outcome.id = `${id}-outcome`
    outcome.hidden = true

    element.append(name, choice, remove, bar, outcome)
    this.list.append(element)
    const row = { id: newId(), file, element, choice, select, remove, bar, outcome, state: 'waiting' }
    remove.addEventListener('click', () => {
      this.rows = this.rows.filter((other) => other !== row)
      for (const target of [element, select]) this.mistakes.mend(target)
      element.remove()
      this.arrange()
      this.say(`${file.name} is removed from the list.`)
      this.input.focus()
    })
    return row
  }

  make(tag, className, text = '') {
    const element = this.page.createElement(tag)
    element.className = className
    element.textContent = text
    return element
  }

  waiting() {
    return this.rows.filter((row) => row.state === 'waiting')
  }

  /** Shows one category for all, or one each. */
  arrange() {
    const each = !this.same.checked && this.waiting().length > 0
    this.select.closest('.govuk-form-group').hidden = each
    for (const row of this.rows) row.choice.hidden = !(each && row.state === 'waiting')
  }

  async upload() {
    const rows = this.waiting()
    const mistakes = this.missing(rows)
    if (mistakes.length > 0) {
      this.say('')
      this.mistakes.show(mistakes)
      return
    }

    this.mistakes.clear()
    this.busy(true)
    this.say(rows.length === 1 ? 'Uploading 1 document.' : `Uploading ${rows.length} documents.`)
    const queue = rows.map((row) => ({ row, category: this.same.checked ? this.select.value : row.select.value }))
    const results = []
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) results.push(await this.one(next.row, next.category))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    await this.finish(results)
    this.busy(false)
  }

  /** What has to be chosen before anything can be sent, in the words of the page. */
  missing(rows) {
    const { nothingChosen, noCategory, noCategoryOf } = this.form.dataset
    const mistake = (target, message) => ({ target, message, beside: true })
    if (rows.length === 0) return [mistake(this.input, nothingChosen)]
    if (this.same.checked) return this.select.value ? [] : [mistake(this.select, noCategory)]
    return rows.filter((row) => !row.select.value).map((row) => mistake(row.select, noCategoryOf.replace('{name}', () => row.file.name)))
  }

  busy(sending) {
    this.sending = sending
    if (sending) this.button.setAttribute('aria-disabled', 'true')
    else this.button.removeAttribute('aria-disabled')
  }

  async one(row, category) {
    row.state = 'sending'
    row.choice.hidden = true
    row.remove.hidden = true
    row.outcome.hidden = true
    let result
    if (row.file.size > this.limit) {
      // Said before 20 megabytes have travelled only to be refused; the server says the same.
      result = { ok: false, message: this.form.dataset.tooLarge.replace('{name}', () => row.file.name) }
    } else {
      row.bar.hidden = false
      result = await send(this.form, row, category, (part) => { row.bar.value = part })
      row.bar.hidden = true
    }
    this.answer(row, result)
    return { ...result, row }
  }

  answer(row, { ok, again, message }) {
    row.outcome.hidden = false
    row.outcome.className = ok ? 'govuk-body house-upload__outcome' : 'govuk-error-message house-upload__outcome'
    row.outcome.replaceChildren(...(ok ? [] : [this.make('span', 'govuk-visually-hidden', 'Error: ')]), message)
    row.element.classList.toggle('house-upload__file--refused', !ok)
    row.state = again ? 'waiting' : 'done'
    row.remove.hidden = ok
  }

  async finish(results) {
    const failed = results.filter((result) => !result.ok)
    const repeats = results.filter((result) => result.repeats)
    const done = results.length - failed.length
    this.arrange()
    if (done > 0) await this.refresh()
    const summary = `${done} of ${results.length} ${results.length === 1 ? 'document' : 'documents'} uploaded.`
    this.say([summary, ...repeats.map((result) => `${result.message}.`)].join(' '))
    // In the order of the list: they end in any.
    const refused = this.rows.map((row) => failed.find((result) => result.row === row)).filter(Boolean)
    this.mistakes.show(refused.map(({ row, message }) => ({ target: row.element, message, beside: false })))
  }

  /** Takes the list of documents afresh from the server, so that it shows what is truly there. */
  async refresh() {
    try {
      const answer = await fetch(window.location.href, { headers: { accept: 'text/html' } })
      if (!answer.ok) return
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#documents')
      if (fresh) this.page.querySelector('#documents').replaceWith(fresh)
    } catch {
      // The documents are stored all the same; the list shows them when the page is next opened.
    }
  }

  say(text) {
    this.live.textContent = text
  }
}
