// Keeps what was typed when a session ends, and gives it back after the next log-in in the same tab.
//
// A draft is kept only when the session ends or a form is sent (the answer may be "log in first"), under the
// account that typed it, and only in this tab. It goes when the page says that the form succeeded, when it has
// been given back, and when the person logs out.

const prefix = 'draft:'

/** Gives kept drafts back to their fields, and returns what keeps them. */
export function keepDrafts(page, store = window.sessionStorage, address = window.location.pathname) {
  const account = page.body.dataset.account
  const fields = [...page.querySelectorAll('[data-draft]')]
  const key = (field) => `${prefix}${account}:${address}:${field.name}`

  const save = () => {
    for (const field of fields) if (field.value) store.setItem(key(field), field.value)
  }
  const forget = () => {
    for (const kept of Object.keys(store)) if (kept.startsWith(prefix)) store.removeItem(kept)
  }

  if (page.querySelector('.govuk-notification-banner--success')) forget()
  if (account) {
    for (const field of fields) {
      const kept = store.getItem(key(field))
      store.removeItem(key(field))
      if (kept && !field.value) {
        field.value = kept
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }
      field.form?.addEventListener('submit', save)
    }
  }
  for (const form of page.querySelectorAll('form[data-log-out]')) form.addEventListener('submit', forget)

  return { save, forget }
}
