//! Lists page forwards by the services' tokens. The address keeps the trail of the pages before, so that people can go back and nothing has
//! to be remembered here.

use serde::Deserialize;

use crate::view::Paging;
use crate::words;

/// How long the trail may get. What is farther back falls off its beginning, and going back from there leads to the first page: an
/// address that grew for ever would be refused by some proxy in the end.
const LONGEST_TRAIL: usize = 3_000;

/// Between the tokens of a trail; none has it in itself.
const BETWEEN: char = '.';

/// Where in a list a page is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// The token of this page; empty on the first.
    pub(crate) page: String,
    /// The tokens of the pages between the first and this one.
    pub(crate) trail: String,
}

impl Cursor {
    /// The neighbouring pages' addresses. `kept` is what else stays in the address from page to page.
    pub(crate) fn paging(&self, address: &str, kept: &[(&str, &str)], next_token: &str) -> Paging {
        self.paging_as(["page", "trail"], address, kept, next_token)
    }

    /// The same for a page with two lists, of which one has its cursor under other names.
    pub(crate) fn paging_as(
        &self,
        names: [&str; 2],
        address: &str,
        kept: &[(&str, &str)],
        next_token: &str,
    ) -> Paging {
        let link = |cursor: Option<Self>| {
            cursor.map_or_else(String::new, |cursor| {
                let mut pairs = kept.to_vec();
                pairs.push((names[0], &cursor.page));
                pairs.push((names[1], &cursor.trail));
                words::address(address, &pairs)
            })
        };
        Paging {
            previous: link(self.previous()),
            next: link(self.next(next_token)),
        }
    }

    fn previous(&self) -> Option<Self> {
        if self.page.is_empty() {
            return None;
        }
        let (trail, page) = self.trail.rsplit_once(BETWEEN).unwrap_or(("", &self.trail));
        Some(Self {
            page: page.to_owned(),
            trail: trail.to_owned(),
        })
    }

    fn next(&self, token: &str) -> Option<Self> {
        if token.is_empty() {
            return None;
        }
        let mut trail = if self.trail.is_empty() {
            self.page.clone()
        } else {
            format!("{}{BETWEEN}{}", self.trail, self.page)
        };
        while trail.len() > LONGEST_TRAIL {
            trail = trail
                .split_once(BETWEEN)
                .map_or_else(String::new, |(_, rest)| rest.to_owned());
        }
        Some(Self {
            page: token.to_owned(),
            trail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(page: &str, trail: &str) -> Cursor {
        Cursor {
            page: page.to_owned(),
            trail: trail.to_owned(),
        }
    }

    #[test]
    fn the_first_page_has_none_before_it_and_the_last_none_after() {
        let paging = Cursor::default().paging("/tasks", &[], "");

        assert_eq!(paging.previous, "");
        assert_eq!(paging.next, "");
    }

    #[test]
    fn going_back_retraces_the_way() {
        let first = Cursor::default();
        let second = first.next("t2").unwrap();
        let third = second.next("t3").unwrap();
        let fourth = third.next("t4").unwrap();

        assert_eq!(fourth, cursor("t4", "t2.t3"));
        assert_eq!(fourth.previous(), Some(third.clone()));
        assert_eq!(third.previous(), Some(second.clone()));
        assert_eq!(second.previous(), Some(first.clone()));
        assert_eq!(first.previous(), None);
    }

    #[test]
    fn addresses_keep_the_filter() {
        let paging = cursor("t2", "").paging("/cases/open", &[("team", "A&B"), ("sort", "")], "t3");

        assert_eq!(paging.previous, "/cases/open?team=A%26B");
        assert_eq!(paging.next, "/cases/open?team=A%26B&page=t3&trail=t2");
    }

    #[test]
    fn a_long_way_forgets_its_beginning_and_still_leads_back() {
        let mut cursor = Cursor::default();
        for page in 2..1_000 {
            cursor = cursor.next(&format!("token-{page:04}")).unwrap();
            assert!(cursor.trail.len() <= LONGEST_TRAIL);
        }

        let mut steps = 0;
        while let Some(previous) = cursor.previous() {
            cursor = previous;
            steps += 1;
        }

        assert_eq!(cursor, Cursor::default());
        assert!(steps > 100, "{steps}");
    }

    #[test]
    fn a_token_longer_than_any_trail_is_not_kept() {
        let next = cursor(&"t".repeat(LONGEST_TRAIL + 1), "")
            .next("t3")
            .unwrap();

        assert_eq!(next, cursor("t3", ""));
    }
}
