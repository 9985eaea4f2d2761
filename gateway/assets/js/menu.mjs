// Menus are <details> elements. This closes one when another opens, on Escape, and on a click elsewhere.

/** Gives every menu of the page the manners of a menu. */
export function closeMenus(page) {
  const menus = [...page.querySelectorAll('details.house-menu')]

  page.addEventListener('click', (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false
  })
  for (const menu of menus) {
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return
      menu.open = false
      menu.querySelector('summary').focus()
    })
    menu.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false
    })
  }
}
