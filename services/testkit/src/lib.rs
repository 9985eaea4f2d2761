//! Real servers, callers and a real NATS for tests
