//! Where a request comes from, as the last proxy of ours saw it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use proto::identity::v1::ClientInfo;

use crate::Edge;

/// The longest name of a browser that is kept.
const LONGEST_AGENT: usize = 300;

/// Where a request comes from.
pub(crate) struct Visitor(pub(crate) ClientInfo);

impl FromRequestParts<Edge> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let address = address(peer, &parts.headers, edge.config.trusted_proxies);
        if address.is_none() {
            // Identity lets in nobody whose address is not known, so this had better be heard of.
            tracing::warn!("a request came without the address that trusted_proxies promises");
        }
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default();
        Ok(Self(ClientInfo {
            address: address.map(|it| it.to_string()).unwrap_or_default(),
            user_agent: agent.chars().take(LONGEST_AGENT).collect(),
        }))
    }
}

/// The address that the outermost proxy of ours saw: each adds one at the right, so whatever a stranger wrote stands further left.
fn address(peer: Option<IpAddr>, headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    if proxies == 0 {
        return peer;
    }
    // As bytes: what a stranger wrote need not be text, and must not hide what our proxies wrote behind it.
    let seen: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    let outermost = seen.len().checked_sub(proxies)?;
    let text = str::from_utf8(seen.get(outermost)?).ok()?.trim();
    // Some proxies add the port.
    let with_port = || text.parse().map(|it: SocketAddr| it.ip());
    text.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PEER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7)));

    fn forwarded(value: &'static str) -> HeaderMap {
        [("x-forwarded-for".parse().unwrap(), value.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn without_a_proxy_the_header_is_not_believed() {
        assert_eq!(address(PEER, &forwarded("1.2.3.4"), 0), PEER);
    }

    #[test]
    fn behind_proxies_only_what_they_added_is_believed() {
        let real: IpAddr = "203.0.113.9".parse().unwrap();

        assert_eq!(
            address(PEER, &forwarded("6.6.6.6, 203.0.113.9"), 1),
            Some(real)
        );
        assert_eq!(
            address(PEER, &forwarded("6.6.6.6, 203.0.113.9, 10.0.0.2"), 2),
            Some(real)
        );
        assert_eq!(
            address(PEER, &forwarded("203.0.113.9:52814"), 1),
            Some(real)
        );
        assert_eq!(address(PEER, &forwarded("203.0.113.9, unknown"), 1), None);
        let hidden = HeaderValue::from_bytes(b"\xff, 203.0.113.9").unwrap();
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), hidden)]);
        assert_eq!(address(PEER, &headers, 1), Some(real));
        assert_eq!(
            address(PEER, &forwarded("203.0.113.9"), 2),
            None,
            "a proxy is missing"
        );
    }
}
