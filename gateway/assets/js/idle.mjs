// Warns before a quiet session ends, and lets one press keep it.
//
// The server alone decides how long a session has left. This asks it (asking is not activity and extends
// nothing), so a forged or sleeping clock in the browser changes what is shown and never what is allowed.
// Every tab of the browser hears at once when one of them has extended the session or found it ended, and then asks too.

const second = 1000

/** Starts the watch on a page that belongs to a logged-in person. */
export function watchSession(page, drafts, channel = new BroadcastChannel('session')) {
  const dialog = page.querySelector('dialog[data-module="house-idle"]')
  if (dialog) new Watch(page, dialog, drafts, channel).start()
  // Nobody is logged in: after a log-out, the other tabs find out here. When its form was sent, the session still lived.
  else channel.postMessage('ask')
}

/** How long is left, in words. */
export function inWords(seconds) {
  const whole = Math.max(0, Math.ceil(seconds))
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60]
  if (minutes === 0) return plural(rest, 'second')
  return rest === 0 ? plural(minutes, 'minute') : `${plural(minutes, 'minute')} ${plural(rest, 'second')}`
}

/** The step of the countdown that a moment belongs to: minutes, and in the last one 20 seconds. */
export function step(seconds) {
  const length = seconds > 60 ? 60 : 20
  return Math.max(0, Math.ceil(seconds / length) * length)
}

function plural(count, unit) {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

class Watch {
  constructor(page, dialog, drafts, channel) {
    this.page = page
    this.dialog = dialog
    this.drafts = drafts
    this.channel = channel
    this.urls = { remaining: dialog.dataset.remainingUrl, extend: dialog.dataset.extendUrl, ended: dialog.dataset.endedUrl }
    this.warnAt = Number(dialog.dataset.warnSeconds)
    this.endsAt = Date.now() + Number(dialog.dataset.seconds) * second
    this.extendable = true
    this.left = false
    this.part = (name) => dialog.querySelector(`[data-idle="${name}"]`)
  }

  start() {
    this.part('extend').addEventListener('click', () => this.extend())
    this.dialog.addEventListener('keydown', (event) => this.keepFocus(event))
    // Escape closes a modal dialog; here, closing it means staying.
    this.dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      this.extend()
    })
    this.channel.addEventListener('message', () => this.check())
    // A machine that slept wakes with timers that are late.
    this.page.addEventListener('visibilitychange', () => {
      if (!this.page.hidden) this.check()
    })
    for (const form of this.page.querySelectorAll('form[data-log-out]')) {
      form.addEventListener('submit', () => {
        this.left = true
      })
    }
    // This page was itself a piece of activity, so the other tabs have longer than they think.
    this.channel.postMessage('ask')
    this.schedule()
  }

  remaining() {
    return (this.endsAt - Date.now()) / second
  }

  /** Sleeps until there is something to do: the warning, the next tick of the countdown, or the end. */
  schedule() {
    clearTimeout(this.timer)
    const remaining = this.remaining()
    const wait = this.dialog.open ? 1 : Math.max(remaining - this.warnAt, 1)
    this.timer = setTimeout(() => this.tick(), wait * second)
  }

  tick() {
    const remaining = this.remaining()
    if (!this.dialog.open || remaining <= 0) return this.check()
    this.count(remaining)
    // Another browser of the same person may have spoken for the session, which no channel tells.
    if (Math.round(remaining) % 20 === 0) return this.check()
    this.schedule()
  }

  /** Asks the server, and shows, updates or closes the warning by its answer. */
  async check() {
    clearTimeout(this.timer)
    try {
      const answer = await fetch(this.urls.remaining, { headers: { accept: 'application/json' }, cache: 'no-store' })
      if (answer.status === 401) return this.end()
      if (answer.ok) this.heard(await answer.json())
    } catch {
      // No connection: go on by the last answer, and ask again at the next tick.
    }
    if (this.remaining() <= 0) return this.end()
    if (this.remaining() <= this.warnAt) this.warn()
    else this.close()
    this.schedule()
  }

  async extend() {
    const failed = this.part('failed')
    failed.hidden = true
    try {
      const answer = await fetch(this.urls.extend, {
        method: 'POST',
        headers: { accept: 'application/json', 'x-csrf-token': this.dialog.dataset.csrf }
      })
      if (answer.status === 401) return this.end()
      if (!answer.ok) throw new Error(`the answer was ${answer.status}`)
      this.heard(await answer.json())
      this.channel.postMessage('ask')
      if (this.remaining() > this.warnAt) this.close()
      this.schedule()
    } catch {
      failed.hidden = false
    }
  }

  heard({ seconds, extendable }) {
    this.endsAt = Date.now() + seconds * second
    this.extendable = extendable
  }

  warn() {
    this.part('extend').hidden = !this.extendable
    this.part('limit').hidden = this.extendable
    this.count(this.remaining())
    if (this.dialog.open) return
    this.before = this.page.activeElement
    this.dialog.showModal()
    const focused = this.extendable ? this.part('extend') : this.part('log-out')
    focused.focus()
  }

  count(remaining) {
    this.part('shown').textContent = inWords(remaining)
    // A live region speaks whenever its text changes, so it changes once a step and not every second.
    if (this.spokenStep === step(remaining)) return
    this.spokenStep = step(remaining)
    this.part('spoken').textContent = `You will be logged out in ${inWords(remaining)}.`
  }

  close() {
    if (!this.dialog.open) return
    this.spokenStep = undefined
    this.dialog.close()
    this.before?.focus()
  }

  /** Tab goes round inside the dialog and never behind it. */
  keepFocus(event) {
    if (event.key !== 'Tab') return
    const stops = [...this.dialog.querySelectorAll('a[href], button')].filter((stop) => !stop.hidden)
    const [first, last] = [stops[0], stops[stops.length - 1]]
    const from = this.page.activeElement
    if (event.shiftKey && from === first) {
      event.preventDefault()
      last.focus()
    } else if (!event.shiftKey && from === last) {
      event.preventDefault()
      first.focus()
    }
  }

  end() {
    if (this.left) return
    this.left = true
    clearTimeout(this.timer)
    this.channel.postMessage('ask')
    this.drafts.save()
    const here = window.location.pathname + window.location.search
    window.location.assign(`${this.urls.ended}?next=${encodeURIComponent(here)}`)
  }
}
