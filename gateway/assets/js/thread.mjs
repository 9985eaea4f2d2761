// Says that a conversation was read once it is in sight. A page that the browser fetched ahead, or that is open behind another, is not.

/** Marks what is new on the page as read, and renews the counts of what is not. Without an answer the page's button stays. */
export function readThread(page, send = window.fetch.bind(window)) {
  const form = page.querySelector('form[data-module="house-read"]')
  if (!form) return

  const mark = async () => {
    try {
      const answer = await send(form.action, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(new FormData(form)),
        keepalive: true
      })
      if (!answer.ok) return
      const unread = await answer.json()
      form.remove()
      for (const badge of page.querySelectorAll('[data-unread]')) show(badge, unread[badge.dataset.unread])
    } catch {
      // No connection: the button is still there.
    }
  }
  const look = () => {
    if (page.hidden) return
    page.removeEventListener('visibilitychange', look)
    mark()
  }
  page.addEventListener('visibilitychange', look)
  look()
}

function show(badge, count) {
  if (!count) return badge.remove()
  const [shown, spoken] = badge.children
  shown.textContent = count > 99 ? '99+' : count
  spoken.textContent = ` (${count} unread)`
}
