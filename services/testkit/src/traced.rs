use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Subscriber};

/// As long as it lives, its thread's spans and events reach the subscriber.
#[must_use = "nothing reaches the subscriber once this is dropped"]
pub struct Traced {
    _default: DefaultGuard,
    _another: Dispatch,
}

/// Lets a subscriber have the spans and events of this thread, whatever the tests of other threads do meanwhile.
///
/// While there is one subscriber alone, a span that another test's thread comes by first is judged by that thread, which has none, and is
/// silent from then on, for every thread. A second subscriber makes it be judged by all of them. It comes first, so that the other is never
/// alone.
pub fn traced_by(subscriber: impl Subscriber + Send + Sync + 'static) -> Traced {
    let another = Dispatch::new(tracing_subscriber::registry());
    let subscriber = Dispatch::new(subscriber);
    Traced {
        _default: tracing::dispatcher::set_default(&subscriber),
        _another: another,
    }
}
