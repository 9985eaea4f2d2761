// What is wrong with a form that a script sends, said as the server says it on a page of its own: in a summary at the top of the
// page, which links to each field, and beside the field. A mistake that is mended goes from both.

import { ErrorSummary } from 'govuk-frontend'

const prefix = 'Error: '

export class Mistakes {
  constructor(page) {
    this.page = page
    this.found = []
    this.summary = null
  }

  /** Replaces what is said by these, and moves the focus there. Each is `{target, message, beside}`: the element that the summary links to, and
    * whether the sentence is to be put beside it, because nothing there says it already. */
  show(mistakes) {
    this.clear()
    // What the server said of an earlier try is over.
    for (const old of this.page.querySelectorAll('.govuk-error-summary')) old.remove()
    this.found = mistakes
    for (const mistake of mistakes) if (mistake.beside) this.mark(mistake)
    this.draw()
    if (this.summary) new ErrorSummary(this.summary)
  }

  /** Takes back what was said of an element. */
  mend(target) {
    const mended = this.found.filter((mistake) => mistake.target === target)
    if (mended.length === 0) return
    for (const mistake of mended) this.unmark(mistake)
    this.found = this.found.filter((mistake) => mistake.target !== target)
    this.draw()
  }

  /** Takes back everything. */
  clear() {
    for (const mistake of this.found) this.unmark(mistake)
    this.found = []
    this.draw()
  }

  draw() {
    const { title } = this.page
    if (this.found.length === 0) {
      this.summary?.remove()
      this.summary = null
      if (title.startsWith(prefix)) this.page.title = title.slice(prefix.length)
      return
    }
    if (!title.startsWith(prefix)) this.page.title = prefix + title
    if (!this.summary) {
      this.summary = this.frame()
      this.page.querySelector('main').prepend(this.summary)
    }
    const entries = this.found.map(({ target, message }) => {
      const link = this.make('a', '', message)
      link.href = `#${target.id}`
      const entry = this.make('li')
      entry.append(link)
      return entry
    })
    this.summary.querySelector('ul').replaceChildren(...entries)
  }

  frame() {
    const list = this.make('ul', 'govuk-list govuk-error-summary__list')
    const body = this.make('div', 'govuk-error-summary__body')
    body.append(list)
    const alert = this.make('div')
    alert.setAttribute('role', 'alert')
    alert.append(this.make('h2', 'govuk-error-summary__title', 'There is a problem'), body)
    const summary = this.make('div', 'govuk-error-summary')
    summary.dataset.module = 'govuk-error-summary'
    summary.append(alert)
    return summary
  }

  mark({ target, message }) {
    this.unmark({ target })
    const sentence = this.make('p', 'govuk-error-message')
    sentence.id = `${target.id}-error`
    sentence.append(this.make('span', 'govuk-visually-hidden', prefix), message)
    target.before(sentence)
    target.closest('.govuk-form-group').classList.add('govuk-form-group--error')
    target.classList.add(...errorClass(target))
    target.setAttribute('aria-describedby', [...describers(target), sentence.id].join(' '))
  }

  unmark({ target }) {
    const id = `${target.id}-error`
    const sentence = this.page.getElementById(id)
    if (!sentence) return
    sentence.remove()
    target.closest('.govuk-form-group').classList.remove('govuk-form-group--error')
    target.classList.remove(...errorClass(target))
    const others = describers(target).filter((other) => other !== id)
    if (others.length > 0) target.setAttribute('aria-describedby', others.join(' '))
    else target.removeAttribute('aria-describedby')
  }

  make(tag, className = '', text = '') {
    const element = this.page.createElement(tag)
    if (className) element.className = className
    element.textContent = text
    return element
  }
}

/** GOV.UK's class for a field of this kind that is wrong. */
function errorClass(field) {
  return ['govuk-select', 'govuk-file-upload', 'govuk-input'].filter((name) => field.classList.contains(name)).map((name) => `${name}--error`)
}

function describers(field) {
  return (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)
}
